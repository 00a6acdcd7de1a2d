import { describe, expect, it } from 'vitest'
import { horizonsOf, parseRetentionRule } from './retention.ts'
import { fromMicros, microsOf } from './time-property.ts'

const expand = (type: string) => `https://example.org/${type}`
const NOW = microsOf('2026-03-31T10:20:30Z')

describe('a rule of retention', () => {
  const rule = parseRetentionRule({ type: 'Bus', raw: 'P30D', summaries: { every: 'PT1H', keep: 'P5Y' } }, '/0', expand)
  const others = parseRetentionRule({ raw: 'P1M' }, '/1', expand)

  it('says from when on what is kept', () => {
    const { rawBefore, everyMicros, summariesBefore } =
      horizonsOf([rule, others], [expand('X'), expand('Bus')], NOW) ?? {}
    expect(fromMicros(rawBefore ?? 0)).toBe('2026-03-01T10:00:00Z')
    expect(everyMicros).toBe(3_600_000_000)
    expect(fromMicros(summariesBefore ?? 0)).toBe('2021-03-31T10:20:30Z')
  })

  it('is the first that is for the type, or for all', () => {
    expect(horizonsOf([rule, others], [expand('X')], NOW)).toEqual({ rawBefore: microsOf('2026-02-28T10:20:30Z') })
    expect(horizonsOf([rule], [expand('X')], NOW)).toBeUndefined()
    expect(
      horizonsOf([parseRetentionRule({ type: 'Bus' }, '/0', expand), others], [expand('Bus')], NOW),
    ).toBeUndefined()
  })

  it.each([
    [{ raw: '30 days' }, '/0/raw'],
    [{ raw: 'PT0S' }, '/0/raw'],
    [{ summaries: { every: 'PT1H' } }, '/0/summaries'],
    [{ raw: 'P1D', summaries: { every: 'P1M' } }, '/0/summaries/every'],
    [{ raw: 'P1D', summaries: { every: 'PT1H', keep: 'x' } }, '/0/summaries/keep'],
  ])('%j is none', (written, at) => {
    expect(() => parseRetentionRule(written, '/0', expand)).toThrow(
      expect.objectContaining({ kind: 'BadRequestData', at }),
    )
  })
})
