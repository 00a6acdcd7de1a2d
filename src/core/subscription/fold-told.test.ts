import { describe, expect, it } from 'vitest'
import { building, property, subscriptionOf, THEN } from '../../../test/support/subscriptions.ts'
import { isDeleted } from '../model/deleted.ts'
import type { Attributes, Entity } from '../model/entity.ts'
import { folded, sinceTold } from './fold-told.ts'
import { type Told, tell } from './tell.ts'
import { whatChanged } from './what-changed.ts'

const ALL = ['attributeCreated', 'attributeUpdated', 'attributeDeleted', 'entityCreated', 'entityDeleted'] as const

function told(before: Entity | undefined, after: Entity | undefined, showChanges = true): Told {
  const change = { ...(before && { before }), ...(after && { after }), now: THEN + 60_000, cause: 'write' } as const
  const asked = { throttling: 5, condition: { triggers: ALL }, representation: { showChanges } }
  const found = tell(subscriptionOf(asked), change, whatChanged(change))
  if (found === undefined) throw new Error('nothing is told')
  return found
}

const made = (values: Readonly<Record<string, unknown>>): Entity => {
  const attributes = Object.entries(values).map(([name, value]) => [name, [property(value as never)]] as const)
  return building(Object.fromEntries(attributes))
}

/** Values by Attribute. */
const valuesOf = (attributes: Attributes | undefined) =>
  Object.fromEntries(Object.entries(attributes ?? {}).map(([name, instances]) => [name, instances[0]?.value]))

const goneIn = ({ entity }: Told) =>
  Object.entries(entity.attributes).flatMap(([name, instances]) => (instances.every(isDeleted) ? [name] : []))

/** As changes that follow each other are told when nothing is told between. */
function together(states: readonly (Entity | undefined)[], showChanges = true): Told {
  const each = states.slice(1).map((after, i) => told(states[i], after, showChanges))
  return each.reduce((earlier, later) => folded(earlier, later))
}

describe('what throttling tells together', () => {
  it.each([
    ['a value that changed twice', [{ a: 1 }, { a: 2 }, { a: 3 }], { a: 1 }],
    [
      'one that changed first',
      [
        { a: 1, b: 1 },
        { a: 2, b: 1 },
        { a: 2, b: 2 },
      ],
      { a: 1, b: 1 },
    ],
    ['one that was made meanwhile', [{ a: 1 }, { a: 1, b: 1 }, { a: 1, b: 2 }], {}],
    ['one that was deleted and made again', [{ a: 1, b: 1 }, { b: 1 }, { a: 7, b: 1 }], { a: 1 }],
    ['one that was made, deleted and made again', [{ b: 1 }, { a: 1, b: 1 }, { b: 1 }, { a: 2, b: 1 }], {}],
    ['an entity that was made', [undefined, { a: 1 }, { a: 2 }], {}],
    ['an entity that was deleted', [{ a: 1 }, { a: 2 }, undefined], { a: 1 }],
    ['an entity that was deleted and made again', [{ a: 1 }, undefined, { a: 5 }, { a: 6 }], { a: 1 }],
  ])('%s was as it was before the first change', (_, states, previous) => {
    const of = together(states.map((each) => each && made(each)))
    expect(valuesOf(of.previous)).toEqual(previous)
  })

  it.each([true, false])(
    'tells what was deleted first as well, where it is not there again (showChanges: %s)',
    (showChanges) => {
      const of = together([{ a: 1, b: 1, c: 1 }, { c: 1 }, { b: 1, c: 1 }, { b: 2, c: 2 }].map(made), showChanges)
      expect(goneIn(of)).toEqual(['a'])
      expect(of.attributesDeletedAt).toBe(THEN + 60_000)
    },
  )

  it('folding in the same again changes nothing', () => {
    const [one, two] = [told(made({ a: 1, b: 1 }), made({ a: 2 })), told(made({ a: 2 }), made({ a: 3, c: 1 }))]
    expect(folded(one, folded(one, two))).toEqual(folded(one, two))
  })

  it('one that stood for all instances of an Attribute stands for none where others are there again', () => {
    const german = (value: string) =>
      building({ a: [property(value, { datasetId: 'urn:d:german' })], b: [property(1)] })
    expect(goneIn(together([german('x'), made({ b: 1 }), made({ b: 2 })], false))).toEqual(['a'])
    const again = together([german('x'), made({ b: 1 }), german('y')], false)
    expect(again.entity.attributes.a).toEqual([property('y', { datasetId: 'urn:d:german' })])
  })
})

it('to who has been told the first of them after all, what has changed since is told', () => {
  const states = [
    { a: 1, b: 1, c: 1, d: 1 },
    { a: 2, b: 1, d: 2, e: 1 },
    { a: 3, b: 1, d: 2, e: 2, f: 1 },
  ].map(made)
  const first = told(states[0], states[1])
  const since = sinceTold(first, together(states))
  expect(valuesOf(since.previous)).toEqual({ a: 2, e: 1 })
  expect(valuesOf(folded(since, told(states[2], made({ a: 3, b: 1, d: 2, e: 2, f: 2 }))).previous)).toEqual({
    a: 2,
    e: 1,
  })
})
