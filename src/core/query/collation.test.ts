import { describe, expect, it } from 'vitest'
import { collatorFor, isCollation } from './collation.ts'

const sorted = (texts: readonly string[], tag?: string) => [...texts].sort(collatorFor(tag).compare)

describe('collations (4.23.1, 4.23.3)', () => {
  it('"the default collation order shall be defined as using ICU "root" collation order"', () => {
    expect(sorted(['b', 'á', 'Z', 'A', 'a', '1', '_'])).toEqual(['_', '1', 'a', 'A', 'á', 'b', 'Z'])
    expect(sorted(['z', 'ö', 'å', 'o'])).toEqual(['å', 'o', 'ö', 'z'])
    expect(sorted(['z', 'ö', 'å', 'o'], 'und')).toEqual(['å', 'o', 'ö', 'z'])
  })

  it('is that of a language where it is one', () => {
    expect(sorted(['z', 'ö', 'å', 'o'], 'sv')).toEqual(['o', 'z', 'å', 'ö'])
  })

  it('EXAMPLE 7: "sorted according to German phonebook collation ordering"', () => {
    expect(sorted(['Adler', 'Ärger', 'Af'], 'de')).toEqual(['Adler', 'Af', 'Ärger'])
    expect(sorted(['Adler', 'Ärger', 'Af'], 'de-u-co-phonebk')).toEqual(['Adler', 'Ärger', 'Af'])
  })

  it('has the strength that a tag says', () => {
    const differences = (tag: string) => ['á', 'A', 'b'].map((text) => collatorFor(tag).compare('a', text) !== 0)
    expect(differences('und-u-ks-level1')).toEqual([false, false, true])
    expect(differences('es-u-ks-level2')).toEqual([true, false, true])
    expect(differences('und-u-ks-level3')).toEqual([true, true, true])
    expect(differences('und-u-ks-identic')).toEqual([true, true, true])
  })

  it('puts capitals first, and numbers by their value, where a tag says so', () => {
    expect(sorted(['a', 'A'], 'und-u-kf-upper')).toEqual(['A', 'a'])
    expect(sorted(['a10', 'a9'], 'und-u-kn-true')).toEqual(['a9', 'a10'])
    expect(sorted(['a10', 'a9'])).toEqual(['a10', 'a9'])
  })

  it.each(['es', 'und', 'und-u-ks-identic', 'de-u-co-phonebk', 'zh-u-co-pinyin'])('knows %s', (tag) => {
    expect(isCollation(tag)).toBe(true)
  })

  it.each(['!!nope', '', 'de-u-co-nothing', 'und-u-ks-level9'])('does not know %j', (tag) => {
    expect(isCollation(tag)).toBe(false)
  })
})
