/** The keystone: for whatever is stored and asked for, a store answers what the evaluator says. */

import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Entity } from '../../src/core/model/entity.ts'
import type { EntityQuery } from '../../src/core/query/ast.ts'
import { createOrdering } from '../../src/core/query/compare-entities.ts'
import { matches } from '../../src/core/query/evaluate.ts'
import type { Call } from '../../src/ports/call.ts'
import type { Store } from '../../src/ports/store.ts'
import { entityQueryArb, world } from '../support/query-arbitraries.ts'
import { become, type OpenStore, pageOf, put, setUp } from './contract-store.ts'

const LONG = process.env.BOYA_TEST_LONG !== undefined
/** 2,000 cases, or 100,000. */
const WORLDS = LONG ? 80 : 20
const QUERIES = LONG ? 1_250 : 100

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

/** Of what is stored some become others, and some go: an index has to follow. Gives what is left. */
async function changeHalf(store: Store, call: Call, before: readonly Entity[], drawn: readonly Entity[]) {
  const next = before.map((entity, i) => (i % 2 === 0 ? entity : i % 12 === 1 ? null : (drawn[i] ?? null)))
  const changes = before.flatMap(({ id }, i) => (i % 2 === 0 ? [] : [{ id, change: become(next[i] ?? null) }]))
  for (const outcome of await store.entities.writeMany(call, changes)) if (!outcome.ok) throw outcome.problem
  return next.filter((entity) => entity !== null)
}

export function agreementContract(open: OpenStore): void {
  const { store, fresh } = setUp(open)

  it(`answers what the evaluator says, in the same order: ${WORLDS * QUERIES} cases`, {
    timeout: 3_600_000,
  }, async () => {
    let found = 0
    for (const [i, [before, drawn]] of fc.sample(fc.tuple(world, world), { numRuns: WORLDS, seed: 5 }).entries()) {
      const call = await fresh()
      await put(store(), call, ...before)
      const all = await changeHalf(store(), call, before, drawn)
      await fc.assert(
        fc.asyncProperty(entityQueryArb, async (query) => {
          const { entities, total } = await pageOf(store(), call, query)
          const answer = { ids: entities.map(({ id }) => id), ...(total !== undefined && { total }) }
          expect(answer).toEqual(expected(all, query))
          if (answer.ids.length > 0) found++
          const { ids } = await store().entities.walk(call, query.filter, 200)
          expect(ids).toEqual(expected(all, { filter: query.filter, limit: 200, offset: 0, count: false }).ids)
        }),
        { numRuns: QUERIES, seed: i },
      )
    }
    // A test of queries that find nothing would agree on anything.
    expect(found).toBeGreaterThan((WORLDS * QUERIES) / 10)
  })
}
