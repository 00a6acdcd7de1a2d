import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { filterArb, instances, queryArb, world } from '../../../test/support/query-arbitraries.ts'
import { building, property, subscriptionOf } from '../../../test/support/subscriptions.ts'
import type { EntityChange } from '../model/change.ts'
import type { Entity } from '../model/entity.ts'
import type { EntitySelector, Query } from '../query/ast.ts'
import type { Condition, Trigger } from './subscription.ts'
import { createSubscriptionIndex } from './subscription-index.ts'
import { tell } from './tell.ts'
import { whatChanged } from './what-changed.ts'

const TRIGGERS: readonly Trigger[] = [
  ...(['entityCreated', 'entityDeleted', 'attributeCreated', 'attributeUpdated', 'attributeDeleted'] as const),
]
const watched = fc.subarray(['urn:A:a', 'urn:A:b', 'urn:A:c', 'urn:A:unknown'], { minLength: 1 })

function defined<T extends object>(parts: T): T {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)) as T
}

const condition = fc
  .record({
    filter: filterArb,
    triggers: fc.subarray([...TRIGGERS], { minLength: 1 }),
    watchedAttributes: fc.option(watched, { nil: undefined }),
    q: fc.option(queryArb, { nil: undefined }),
  })
  .map(({ filter, triggers, watchedAttributes, q }): Condition => {
    const { types, ids, idPattern, alternatives, geo, scopes } = filter
    const selector: EntitySelector = defined({ types, ids, idPattern }) as EntitySelector
    const entities = alternatives ?? (Object.keys(selector).length > 0 ? [selector] : undefined)
    return defined({ triggers, watchedAttributes, q, geo, scopes, entities }) as Condition
  })

/** An entity that comes, goes, or becomes another. */
const change = fc
  .record({ entities: world, at: fc.nat(118), kind: fc.constantFrom('comes', 'goes', 'changes'), b: instances })
  .map(({ entities, at, kind, b }): EntityChange => {
    const one = entities[at] as Entity
    const other = { ...(entities[at + 1] as Entity), id: one.id, types: one.types }
    const before = kind === 'comes' ? undefined : one
    const after = kind === 'goes' ? undefined : { ...other, attributes: { ...other.attributes, 'urn:A:b': b } }
    return { ...(before && { before }), ...(after && { after }), now: other.modifiedAt, cause: 'write' }
  })

describe('the index of subscriptions', () => {
  it('finds every subscription that a change is told to', () => {
    let fired = 0
    const property = fc.property(
      fc.array(condition, { minLength: 20, maxLength: 40 }),
      fc.array(change, { minLength: 1, maxLength: 3 }),
      (conditions, changes) => {
        const index = createSubscriptionIndex<number>()
        for (const [i, each] of conditions.entries()) index.add(i, each)
        for (const each of changes) {
          const what = whatChanged(each)
          const candidates = index.candidates(each, what)
          for (const [i, of] of conditions.entries()) {
            if (tell(subscriptionOf({ condition: of }), each, what) === undefined) continue
            fired++
            expect(candidates).toContain(i)
          }
        }
      },
    )
    fc.assert(property, { numRuns: process.env.BOYA_TEST_LONG === undefined ? 60 : 3_000 })
    expect(fired).toBeGreaterThan(100)
  })

  const over = (value: number): Query => ({
    kind: 'term',
    path: { links: [], names: ['urn:a'] },
    test: { operator: '>', value: { kind: 'number', value } },
  })
  const between = (least: number, most: number): Query => ({
    kind: 'term',
    path: { links: [], names: ['urn:a'] },
    test: {
      operator: '==',
      range: [
        { kind: 'number', value: least },
        { kind: 'number', value: most },
      ],
    },
  })

  function found(conditions: Readonly<Record<string, Partial<Condition>>>): readonly string[] {
    const index = createSubscriptionIndex<string>()
    for (const [name, each] of Object.entries(conditions)) {
      index.add(name, { triggers: ['attributeCreated', 'attributeUpdated'], ...each })
    }
    const before = building({ 'urn:a': [property(1)], 'urn:b': [property(1)] })
    const after = building({ 'urn:a': [property(5)], 'urn:b': [property(1)] })
    return [...index.candidates({ before, after }, whatChanged({ before, after }))].sort()
  }

  it('leaves out what another id, type or Attribute decides', () => {
    const conditions = {
      id: { entities: [{ ids: ['urn:b:1'] }] },
      otherId: { entities: [{ ids: ['urn:b:2'] }] },
      pattern: {
        entities: [
          { types: [['urn:T:Building']], idPattern: '^urn:b:' },
          { types: [['urn:T:Building']], idPattern: '^x' },
        ],
      },
      otherPattern: { entities: [{ types: [['urn:T:Building']], idPattern: '^urn:c:' }] },
      anyPattern: {
        entities: [
          { types: [['urn:T:Building']], idPattern: '^urn:c:' },
          { types: [['urn:T:Building']], idPattern: '1$' },
        ],
      },
      type: { entities: [{ types: [['urn:T:Bridge'], ['urn:T:Building']] }] },
      otherType: { entities: [{ types: [['urn:T:Bridge']] }] },
      attribute: { watchedAttributes: ['urn:a'] },
      otherAttribute: { watchedAttributes: ['urn:b'] },
      entityToo: { watchedAttributes: ['urn:b'], triggers: ['entityDeleted'] as const },
    }
    expect(found(conditions)).toEqual(['anyPattern', 'attribute', 'entityToo', 'id', 'pattern', 'type'])
  })

  it('leaves out what a value decides', () => {
    const conditions = {
      any: {},
      over4: { q: over(4) },
      over5: { q: over(5) },
      over6: { q: over(6) },
      between: { q: between(4, 6) },
      beside: { q: between(6, 9) },
      narrowest: { q: { kind: 'and', parts: [over(4), between(6, 9)] } as const },
      either: { q: { kind: 'or', parts: [over(4), over(9)] } as const },
      neither: { q: { kind: 'or', parts: [over(8), over(9)] } as const },
    }
    // Ends count as included; the evaluator decides.
    expect(found(conditions)).toEqual(['any', 'between', 'either', 'over4', 'over5'])
  })
})
