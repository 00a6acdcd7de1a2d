import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { filterArb, world } from '../../../test/support/query-arbitraries.ts'
import type { Attributes, Entity } from '../model/entity.ts'
import type { Query } from '../query/ast.ts'
import { matches } from '../query/evaluate.ts'
import { type Conditions, createJudging } from './judging.ts'

const NOW = Date.UTC(2026, 0, 1)
const HEAD: Entity = { id: 'urn:x:1', types: ['urn:T'], createdAt: NOW, modifiedAt: NOW, attributes: {} }
const conditions: fc.Arbitrary<Conditions> = filterArb
  .map(({ q, geo }) => ({ ...(q && { q }), ...(geo && { geo }) }))
  .filter(({ q, geo }) => q !== undefined || geo !== undefined)

/** Gives what is awaited in pieces; returns the verdict and how many instances it took. */
function judge(attributes: Attributes, asked: Conditions, size: number): readonly [boolean, number] {
  const judging = createJudging(HEAD, asked)
  let given = 0
  for (let [name] = judging.awaited(); name !== undefined; [name] = judging.awaited()) {
    const all = attributes[name] ?? []
    for (let at = 0; at < all.length && judging.awaited().includes(name); at += size) {
      const piece = all.slice(at, at + size)
      judging.add(name, piece)
      given += piece.length
    }
    if (judging.awaited().includes(name)) judging.end(name)
  }
  return [judging.isMet(), given]
}

it('judges as if all were there at once', () => {
  fc.assert(
    fc.property(world, conditions, fc.integer({ min: 1, max: 3 }), (entities, asked, size) => {
      // What was of a few entities is what one was.
      for (let i = 0; i < entities.length; i += 4) {
        const attributes: Record<string, Attributes[string]> = {}
        for (const entity of entities.slice(i, i + 4))
          for (const [name, some] of Object.entries(entity.attributes))
            attributes[name] = [...(attributes[name] ?? []), ...some]
        expect(judge(attributes, asked, size)[0]).toBe(matches({ ...HEAD, attributes }, asked))
      }
    }),
    { numRuns: 50 },
  )
})

describe('as soon as it is decided nothing more is awaited', () => {
  const values = (...all: readonly number[]) =>
    all.map((value) => ({ type: 'Property', value, createdAt: NOW, modifiedAt: NOW }) as const)
  const above = (name: string, value: number): Query => ({
    ...{ kind: 'term', path: { links: [], names: [name] } },
    test: { operator: '>', value: { kind: 'number', value } },
  })
  const attributes = { 'urn:A:a': values(1, 2, 9, 4, 5), 'urn:A:b': values(1, 2, 3) }

  it('of a term', () => {
    expect(judge(attributes, { q: above('urn:A:a', 8) }, 1)).toEqual([true, 3])
    expect(judge(attributes, { q: above('urn:A:a', 10) }, 1)).toEqual([false, 5])
  })

  it('of an Attribute that there is nothing of', () => {
    const q = { kind: 'and', parts: [above('urn:A:none', 1), above('urn:A:a', 1)] } as const satisfies Query
    expect(judge(attributes, { q }, 1)).toEqual([false, 0])
  })

  it('of one of two', () => {
    const q = { kind: 'or', parts: [above('urn:A:a', 1), above('urn:A:b', 1)] } as const satisfies Query
    expect(judge(attributes, { q }, 1)).toEqual([true, 2])
  })

  it('but what comes again later is awaited until then', () => {
    const q = {
      kind: 'and',
      parts: [above('urn:A:a', 0), above('urn:A:b', 2), above('urn:A:a', 8)],
    } as const satisfies Query
    expect(judge(attributes, { q }, 1)).toEqual([true, 6])
  })
})
