/** Whatever is in an evolution, a store selects, cuts and aggregates it as core/history says. */

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { aggregate } from '../../src/core/history/aggregate.ts'
import { type AggregatedAttributes, aggregatesOf } from '../../src/core/history/aggregates-of.ts'
import type { Duration } from '../../src/core/history/duration.ts'
import { AGGREGATION_METHODS } from '../../src/core/history/methods.ts'
import { type Addition, type NewInstance, type PastInstances, SCOPE } from '../../src/core/history/past-instance.ts'
import { placeIn, select } from '../../src/core/history/select.ts'
import type { InstanceSelection, InstancesWanted } from '../../src/core/history/selection.ts'
import { fromMicros, type Micros, TIME_PROPERTIES } from '../../src/core/history/time-property.ts'
import type { Json } from '../../src/core/model/entity.ts'
import { NGSI_LD_NULL } from '../../src/core/model/uri.ts'
import type { Call } from '../../src/ports/call.ts'
import { casesOf } from '../support/long.ts'
import { NOW, type OpenStore, setUp } from './contract-store.ts'

const [N, M, R] = ['https://example.org/n', 'https://example.org/m', 'https://example.org/r']
const DAY = 86_400_000
const RUNS = { numRuns: casesOf(160) }

/** Few, so that some are equal, some at the ends of months, some apart by less than a millisecond. */
const micros: fc.Arbitrary<Micros> = fc
  .tuple(
    fc.integer({ min: -70, max: 70 }),
    fc.constantFrom(0, 1, 3_600_000, DAY / 2),
    fc.constantFrom(0, 0, 1, 500_000),
  )
  .map(([days, ms, more]) => (NOW + days * DAY + ms) * 1_000 + more)

const number = fc.oneof(
  fc.integer({ min: -1_000, max: 1_000 }),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.integer({ min: 0, max: 5 }).map((n) => 1e9 + n),
)
const value: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: number },
  { weight: 1, arbitrary: fc.boolean() },
  { weight: 1, arbitrary: fc.constantFrom('a', 'b', 'é', 'Z', '') },
  { weight: 1, arbitrary: fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 3 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '2026-01-01T00:00:00Z',
      '2026-01-01T00:00:00.5Z',
      '2026-01-01',
      '10:00:00Z',
      '12:00:00Z',
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom({ a: 1 }, { a: 2 }, NGSI_LD_NULL) },
)

const times = fc.record(
  {
    observedAt: micros.map(fromMicros),
    deletedAt: fc.integer({ min: 0, max: 5 }).map((n) => NOW + n),
  },
  { requiredKeys: [] },
)
const created = fc.integer({ min: -3, max: 3 }).map((n) => NOW + n * DAY)

const addition: fc.Arbitrary<Addition> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .record({
        attribute: fc.constantFrom(N, N, M),
        value,
        times,
        created,
        dataset: fc.constantFrom(undefined, undefined, 'urn:d'),
      })
      .map(({ attribute, value, times, created, dataset }) => {
        const datasetId = dataset === undefined ? {} : { datasetId: dataset }
        return {
          attribute,
          instance: {
            type: 'Property',
            value,
            ...datasetId,
            ...times,
            createdAt: created,
            modifiedAt: created,
          } as NewInstance,
        }
      }),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ times, created, object: fc.constantFrom<Json>('urn:a', 'urn:b', ['urn:a', 'urn:c']) })
      .map(({ times, created, object }) => ({
        attribute: R,
        instance: {
          type: 'Relationship',
          value: object,
          ...times,
          createdAt: created,
          modifiedAt: created,
        } as NewInstance,
      })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(micros, created).map(([observed, created]) => ({
      attribute: SCOPE,
      instance: {
        type: 'Property',
        value: ['/a'],
        observedAt: fromMicros(observed),
        createdAt: created,
        modifiedAt: created,
      } as NewInstance,
    })),
  },
)

/** What was observed at one time takes the place of one another. */
function lastOfEachTime(additions: readonly Addition[]): readonly Addition[] {
  const keyOf = ({ attribute, instance: { datasetId, observedAt } }: Addition, i: number) =>
    observedAt === undefined ? String(i) : [attribute, datasetId, observedAt].join(' ')
  return [...new Map(additions.map((addition, i) => [keyOf(addition, i), addition])).values()]
}

const selection: fc.Arbitrary<InstanceSelection> = fc
  .record(
    {
      timeProperty: fc.constantFrom('observedAt' as const, 'observedAt' as const, ...TIME_PROPERTIES),
      onlyTimed: fc.boolean(),
      from: micros,
      until: micros,
      only: fc.subarray([N, M, R, SCOPE], { minLength: 1 }),
      without: fc.subarray([N, M]),
      datasetIds: fc.subarray([undefined, 'urn:d'], { minLength: 1 }),
      lastN: fc.integer({ min: 1, max: 6 }),
    },
    { requiredKeys: ['timeProperty', 'onlyTimed'] },
  )
  // Who says when wants what says so itself.
  .map((asked) =>
    asked.from === undefined && asked.until === undefined && asked.lastN === undefined
      ? asked
      : { ...asked, onlyTimed: true },
  )

const duration: fc.Arbitrary<Duration | undefined> = fc.constantFrom(
  undefined,
  { months: 0, micros: 3_600_000_000 },
  { months: 0, micros: DAY * 7_000 },
  { months: 1, micros: 0 },
  { months: 12, micros: 0 },
  { months: 1, micros: 5_400_000_000 },
)

export function historyAgreementContract(open: OpenStore): void {
  const { store, fresh } = setUp(open)
  let n = 0
  const evolve = async (call: Call, sent: readonly Addition[]) => {
    const id = `urn:e:${n++}`
    const additions = lastOfEachTime(sent)
    await store().history.add(call, id, { types: ['https://example.org/T'], additions }, 'make')
    const everything: InstanceSelection = { timeProperty: 'observedAt', onlyTimed: false }
    const page = await store().history.retrieve(call, id, everything, { kind: 'instances', most: 10_000 })
    const all = page?.evolutions[0]?.instances ?? {}
    expect(Object.values(all).flat()).toHaveLength(additions.length)
    return { id, all }
  }
  const placesOf = (instances: PastInstances, of: InstanceSelection) =>
    Object.fromEntries(Object.entries(instances).map(([name, some]) => [name, some.map((each) => placeIn(of, each))]))

  it('selects the same', async () => {
    const call = await fresh()
    await fc.assert(
      fc.asyncProperty(
        fc.array(addition, { maxLength: 25 }),
        fc.array(selection, { minLength: 3, maxLength: 6 }),
        async (additions, asked) => {
          const { id, all } = await evolve(call, additions)
          const known = new Map(
            Object.values(all)
              .flat()
              .map((instance) => [instance.instanceId, instance]),
          )
          for (const each of asked) {
            const page = await store().history.retrieve(call, id, each, { kind: 'instances', most: 10_000 })
            const given = page?.evolutions[0]?.instances ?? {}
            expect(placesOf(given, each)).toEqual(placesOf(select(all, each), each))
            const instances = Object.values(given).flat()
            expect(instances).toEqual(instances.map(({ instanceId }) => known.get(instanceId)))
            expect(new Set(instances.map(({ instanceId }) => instanceId)).size).toBe(instances.length)
          }
        },
      ),
      RUNS,
    )
  })

  it('cuts at the same time', async () => {
    const call = await fresh()
    await fc.assert(
      fc.asyncProperty(
        fc.array(addition, { maxLength: 25 }),
        selection,
        fc.integer({ min: 1, max: 12 }),
        async (additions, asked, most) => {
          const { id, all } = await evolve(call, additions)
          const page = await store().history.retrieve(call, id, asked, { kind: 'instances', most })
          const selected = select(all, asked)
          const places = Object.values(placesOf(selected, asked))
            .flat()
            .map(Number)
            .sort((a, b) => a - b)
          if (asked.lastN !== undefined) places.reverse()
          const last = places.at(-1)
          // Where all that is left shares the time of the cut there is nothing to be cut.
          const cutAt = cutOf(places, most) === last ? undefined : cutOf(places, most)
          expect(page?.cutAt).toBe(cutAt)
          // An Attribute of which all lies beyond the cut is selected all the same (5.7.3.4, S1): it is shown empty.
          expect(Object.keys(page?.evolutions[0]?.instances ?? {}).sort()).toEqual(Object.keys(selected).sort())
          const lies = (place: Micros) =>
            cutAt === undefined || (asked.lastN === undefined ? place <= cutAt : place >= cutAt)
          const given = Object.values(placesOf(page?.evolutions[0]?.instances ?? {}, asked))
            .flat()
            .map(Number)
          expect(given.sort((a, b) => a - b)).toEqual(places.filter(lies).sort((a, b) => a - b))
        },
      ),
      RUNS,
    )
  })

  it('gives in parts what it gives at once', async () => {
    const call = await fresh()
    await fc.assert(
      fc.asyncProperty(
        fc.array(addition, { maxLength: 25 }),
        selection,
        fc.record({ most: fc.integer({ min: 1, max: 12 }), mostBytes: fc.integer({ min: 1, max: 2_000 }) }),
        async (additions, asked, size) => {
          const { id } = await evolve(call, additions)
          const read = async (wanted: InstancesWanted) => {
            const page = await store().history.retrieve(call, id, asked, wanted)
            return { instances: page?.evolutions[0]?.instances ?? {}, cutAt: page?.cutAt }
          }
          const idsIn = (all: readonly PastInstances[]) =>
            all.flatMap((each) => Object.values(each).flatMap((some) => some.map(({ instanceId }) => instanceId)))
          const parts: PastInstances[] = []
          let beyond: Micros | undefined
          do {
            const { instances, cutAt } = await read({
              kind: 'instances',
              ...size,
              ...(beyond !== undefined && { beyond }),
            })
            parts.push(instances)
            beyond = cutAt
          } while (beyond !== undefined)
          const { instances } = await read({ kind: 'instances', most: 10_000 })
          expect(idsIn(parts).sort()).toEqual(idsIn([instances]).sort())
          // Each part shows all of which something is left.
          const left = new Set<string>()
          for (const part of parts.toReversed()) {
            for (const name in part) if ((part[name] ?? []).length > 0) left.add(name)
            expect(Object.keys(part).sort()).toEqual([...left].sort())
          }
        },
      ),
      RUNS,
    )
  })

  it('aggregates the same, to 1e-9', async () => {
    const call = await fresh()
    await fc.assert(
      fc.asyncProperty(
        fc.array(addition, { maxLength: 30 }),
        fc.array(fc.tuple(selection, duration), { minLength: 3, maxLength: 6 }),
        async (additions, asked) => {
          const { id, all } = await evolve(call, additions)
          for (const [{ lastN, ...other }, periods] of asked) {
            // Of the other times instances share one, and any of those may be the last.
            const each = lastN !== undefined && other.timeProperty === 'observedAt' ? { ...other, lastN } : other
            const wanted = {
              kind: 'aggregates',
              methods: AGGREGATION_METHODS,
              most: 10_000,
              ...(periods && { duration: periods }),
            } as const
            const page = await store().history.retrieve(call, id, { ...each, onlyTimed: true }, wanted)
            expectClose(page?.evolutions[0]?.aggregates ?? {}, aggregatesOf(all, { ...each, onlyTimed: true }, periods))
          }
        },
      ),
      RUNS,
    )
  })
}

/** In the order of the answer. */
function cutOf(places: readonly Micros[], most: number): Micros | undefined {
  if (places.length <= most) return undefined
  const next = places[most]
  return places.slice(0, most).findLast((place) => place !== next) ?? next
}

function expectClose(given: AggregatedAttributes, expected: AggregatedAttributes): void {
  const [a, b] = [flat(given), flat(expected)]
  expect([...a.keys()].sort()).toEqual([...b.keys()].sort())
  for (const [key, is] of b) {
    const was = a.get(key)
    if (typeof is !== 'number') expect([key, was]).toEqual([key, is])
    else if (Math.abs(Number(was) - is) > 1e-9 * Math.max(1, Math.abs(is))) expect([key, was]).toEqual([key, is])
  }
}

/** Each result by Attribute, dataset, period and method. */
function flat(aggregates: AggregatedAttributes): ReadonlyMap<string, Json> {
  const results = new Map<string, Json>()
  for (const [attribute, series] of Object.entries(aggregates))
    for (const { datasetId, type, periods } of series)
      for (const { from, until, summaries } of periods)
        for (const method of AGGREGATION_METHODS) {
          const result = aggregate(summaries, method)
          if (result !== undefined) results.set([attribute, datasetId, type, from, until, method].join(' '), result)
        }
  return results
}
