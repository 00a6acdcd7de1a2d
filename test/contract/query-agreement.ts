/** The keystone: for whatever is stored and asked for, a store answers what the evaluator says. */

import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { AttributeInstance, Attributes, Entity } from '../../src/core/model/entity.ts'
import { withoutExpired } from '../../src/core/model/expiry.ts'
import type { EntityQuery } from '../../src/core/query/ast.ts'
import { createOrdering } from '../../src/core/query/compare-entities.ts'
import { matches } from '../../src/core/query/evaluate.ts'
import type { Call } from '../../src/ports/call.ts'
import type { Store } from '../../src/ports/store.ts'
import { casesOf, LONG } from '../support/long.ts'
import { entityQueryArb, tidyWorld, world } from '../support/query-arbitraries.ts'
import { NOW, type OpenStore, put, setUp } from './contract-store.ts'

/** 250 cases, 63 where each question goes to a server, or 100,000. A world costs as much as some twenty questions. */
const WORLDS = LONG ? 80 : Math.max(5, casesOf(40))
const QUERIES = LONG ? 1_250 : Math.ceil(casesOf(1_000) / WORLDS)

/** Before the changes, and what is made of it: about each second is tidy. */
const worlds = fc.oneof(fc.tuple(world, world), fc.tuple(tidyWorld, tidyWorld))

/** Seven times the same under other ids, so that there are more rows of an index than are read at once. */
function crowded(entities: readonly Entity[]): readonly Entity[] {
  return ['', '-1', '-2', '-3', '-4', '-5', '-6'].flatMap((end) =>
    entities.map((entity) => ({ ...entity, id: entity.id + end })),
  )
}

interface Expected {
  readonly ids: readonly string[]
  readonly total?: number
}

function expected(all: readonly Entity[], { filter, ordering, limit, offset, count }: EntityQuery): Expected {
  const byId = new Map(all.map((entity) => [entity.id, entity]))
  const selected = all.filter((entity) => matches(entity, filter, (id) => byId.get(id)))
  if (ordering !== undefined) {
    const { keyOf, compare } = createOrdering(ordering)
    // Array.prototype.sort is stable: equals stay in the order of their creation.
    selected.sort((a, b) => compare(keyOf(a), keyOf(b)))
  }
  const ids = selected.slice(offset, offset + limit).map(({ id }) => id)
  return count ? { ids, total: selected.length } : { ids }
}

/** What becomes of an entity: nothing, another, no entity at all, one with more Attributes, or one with fewer. */
function changed(entity: Entity, drawn: Entity, i: number): Entity | null {
  const rest = { ...entity, modifiedAt: entity.modifiedAt + 500 }
  switch (i % 8) {
    case 0:
      return { ...drawn, id: entity.id, createdAt: entity.createdAt, modifiedAt: rest.modifiedAt }
    case 1:
      return null
    case 2:
      return { ...rest, ...scopesOf(entity, drawn), attributes: { ...rest.attributes, ...drawn.attributes } }
    case 3:
      return { ...rest, attributes: without(rest.attributes, drawn.attributes) }
    default:
      return entity
  }
}

function scopesOf(...entities: readonly Entity[]): Pick<Entity, 'scopes'> {
  const scopes = entities.flatMap((entity) => entity.scopes ?? [])
  return scopes.length === 0 ? {} : { scopes: [...new Set(scopes)] }
}

function without(attributes: Attributes, others: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !Object.hasOwn(others, name)))
}

/** Changes half of what is stored: an index has to follow. Gives what is left. */
async function change(store: Store, call: Call, before: readonly Entity[], drawn: readonly Entity[]) {
  const next = (entity: Entity, i: number) => changed(entity, drawn[i] ?? entity, i)
  const changes = before.map((entity, i) => ({
    id: entity.id,
    // From what the store gives: what of it comes back is the same object.
    change: (current = entity) => ({ entity: next(current, i), result: undefined }),
  }))
  for (const outcome of await store.entities.writeMany(call, changes)) if (!outcome.ok) throw outcome.problem
  return before.map(next).filter((entity) => entity !== null)
}

const LATER = NOW + 1e9
const AT = new Date(LATER).toISOString()

/** Of each six, one goes as a whole, one loses an Attribute, one its sub-attributes, and one an Attribute a moment later. */
function expiring(entity: Entity, i: number): Entity {
  const [name = '', [first, ...others] = []] = Object.entries(entity.attributes)[0] ?? []
  if (i % 6 === 0) return { ...entity, expiresAt: AT }
  if (i % 6 > 3 || first === undefined) return entity
  const expiresAt = i % 6 === 3 ? new Date(LATER + 1).toISOString() : AT
  const going = i % 6 === 2 ? withSubAttributes(first, expiresAt) : { ...first, expiresAt }
  return { ...entity, attributes: { ...entity.attributes, [name]: [going, ...others] } }
}

function withSubAttributes({ attributes = {}, ...rest }: AttributeInstance, expiresAt: string): AttributeInstance {
  const going = Object.entries(attributes).map(([name, all]) => [name, all.map((one) => ({ ...one, expiresAt }))])
  return { ...rest, ...(going.length > 0 && { attributes: Object.fromEntries(going) }) }
}

/** Lets some of what is stored expire {@link LATER}. Gives what is left then. */
async function expire(store: Store, call: Call, stored: readonly Entity[]): Promise<readonly Entity[]> {
  const next = stored.map(expiring)
  await put(store, call, ...next)
  return next.flatMap((entity) => withoutExpired(entity, LATER) ?? [])
}

export function agreementContract(open: OpenStore): void {
  const { store, fresh, setClock } = setUp(open)

  it(`answers what the evaluator says, in the same order: ${WORLDS * QUERIES} cases`, {
    timeout: 3_600_000,
  }, async () => {
    let found = 0
    let unseen = 0
    for (const [i, sampled] of fc.sample(worlds, { numRuns: WORLDS, seed: 5 }).entries()) {
      const [before, drawn] = i % 5 === 4 ? sampled.map(crowded) : sampled
      if (before === undefined || drawn === undefined) throw new Error('no world was made')
      const call = await fresh()
      await put(store(), call, ...before)
      const stored = await change(store(), call, before, drawn)
      // In each second world something goes, and is not purged.
      const all = i % 2 === 0 ? stored : await expire(store(), call, stored)
      if (i % 2 === 1) setClock(LATER)
      await fc.assert(
        fc.asyncProperty(entityQueryArb, async (query) => {
          const { entities, total, plan } = await store().entities.query(call, query)
          const answer = { ids: entities.map((each) => each.read().id), ...(total !== undefined && { total }) }
          expect(answer).toEqual(expected(all, query))
          if (answer.ids.length > 0) found++
          if (answer.ids.length > 0 && query.filter.q !== undefined && plan.evaluated === 0) unseen++
          const { ids } = await store().entities.walk(call, query.filter, 1_000)
          expect(ids).toEqual(expected(all, { filter: query.filter, limit: 1_000, offset: 0, count: false }).ids)
        }),
        { numRuns: QUERIES, seed: i },
      )
    }
    // A test of queries that find nothing would agree on anything.
    expect(found).toBeGreaterThan((WORLDS * QUERIES) / 10)
    // And a test in which all is looked at would not test what indexes say.
    expect(unseen).toBeGreaterThan((WORLDS * QUERIES) / 200)
  })
}
