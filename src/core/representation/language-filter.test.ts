import { describe, expect, it } from 'vitest'
import { chooseLanguage, parseLanguageFilter } from './language-filter.ts'

describe('4.15: the language filter', () => {
  it.each([
    ['en', { en: 'yes', fr: 'oui' }, 'en'],
    ['fr-CH,fr', { en: 'yes', fr: 'oui' }, 'fr'],
    ['EN', { en: 'yes' }, 'en'],
    ['en', { 'en-GB': 'yes', fr: 'oui' }, 'en-GB'],
    // RFC 4647, section 3.4: the range is cut short until something fits.
    ['nl-BE', { fr: 'oui', nl: 'ja' }, 'nl'],
    ['zh-Hant-TW', { en: 'yes', zh: '是' }, 'zh'],
    ['fr-CH,fr;q=0.9,en;q=0.8,*;q=0.5', { de: 'ja', en: 'yes' }, 'en'],
    ['de;q=0.1,en;q=0.8', { de: 'ja', en: 'yes' }, 'en'],
    ['de;q=0,en;q=0.1', { de: 'ja', en: 'yes' }, 'en'],
    ['*', { '@none': 'x', en: 'yes' }, '@none'],
    ['es', { '@none': 'x', en: 'yes' }, '@none'],
    ['es', { en: 'yes', fr: 'oui' }, 'en'],
  ])('%s of %o is %s', (filter, map, tag) => {
    expect(chooseLanguage(map, parseLanguageFilter(filter) ?? [])).toEqual({ tag, text: map[tag as keyof typeof map] })
  })

  it.each(['', 'en;q=2', 'e n', 'en,,fr', 'en;x=1', '-'])('"%s" is no filter', (text) => {
    expect(parseLanguageFilter(text)).toBeUndefined()
  })
})
