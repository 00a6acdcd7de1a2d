import { describe, expect, it } from 'vitest'
import type { QueryTest } from './ast.ts'
import { queryCandidates } from './lookups.ts'

function lookedUp(test: QueryTest, trail?: readonly string[]) {
  return queryCandidates({ kind: 'term', path: { links: [], names: ['urn:a'], ...(trail && { trail }) }, test })
}
const attribute = { kind: 'attribute', attribute: 'urn:a', exact: false }

describe('what a query looks up', () => {
  it('is the Attribute alone where what is asked for is not kept', () => {
    const five: QueryTest = { operator: '==', values: [{ kind: 'number', value: 5 }] }
    expect(lookedUp(five, ['type'])).toMatchObject({ kind: 'values' })
    for (const member of ['coordinates', '@value', 'a\nb', '\ud800'])
      expect(lookedUp(five, [member])).toEqual(attribute)
  })

  it.each(['\ud800', 'a\0b'])('is the Attribute alone where databases have no such end of a range: %j', (value) => {
    const operand = { kind: 'text', value } as const
    expect(lookedUp({ operator: '<', value: operand })).toEqual(attribute)
    expect(lookedUp({ operator: '>=', value: operand })).toEqual(attribute)
    expect(lookedUp({ operator: '==', range: [{ kind: 'text', value: '' }, operand] })).toEqual(attribute)
  })

  it.each([
    ['a', true],
    ['\ud800', false],
    ['a\0b', false],
    ['a'.repeat(199), true],
    ['a'.repeat(200), false],
    ['12:30:00Z', false],
  ])('is no more than what matches %j: %s', (value, exact) => {
    expect(lookedUp({ operator: '==', values: [{ kind: 'text', value }] })).toMatchObject({ exact })
  })

  it('goes to the last text that begins as a pattern does', () => {
    const candidates = lookedUp({ operator: '~=', pattern: '^a' })
    const [texts] = candidates.kind === 'values' ? candidates.ranges : []
    expect(String(texts?.most) >= `a\u{10ffff}${'x'.repeat(198)}`).toBe(true)
  })
})
