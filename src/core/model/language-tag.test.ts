import { expect, it } from 'vitest'
import { isLanguageTag } from './language-tag.ts'

it.each(['es', 'en-GB', 'zh-Hant-TW', 'de-1996', 'x-private'])('RFC 5646: "%s" has the form of a tag', (text) => {
  expect(isLanguageTag(text)).toBe(true)
})

it.each(['', '*', '@none', 'e n', 'en_GB', 'en-', '-', 'abcdefghi', 'ñ', 'en\n'])('RFC 5646: "%s" has not', (text) => {
  expect(isLanguageTag(text)).toBe(false)
})
