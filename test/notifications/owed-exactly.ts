/** What is owed is what the rules say of the subscriptions as they were at each change, whatever is done beside it. */

import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { EntityChange } from '../../src/core/model/change.ts'
import type { Entity } from '../../src/core/model/entity.ts'
import type { Query } from '../../src/core/query/ast.ts'
import type { Condition, Subscription, Trigger } from '../../src/core/subscription/subscription.ts'
import { statusOf } from '../../src/core/subscription/subscription.ts'
import { tell } from '../../src/core/subscription/tell.ts'
import { whatChanged } from '../../src/core/subscription/what-changed.ts'
import { callIn, entity, NOW, property } from '../contract/contract-store.ts'
import { LONG } from '../support/long.ts'
import { subscriptionOf } from '../support/subscriptions.ts'
import type { SharedDatabase } from './agreement.ts'
import { type Instance, openInstance, subscribe } from './instance.ts'

/** One thing that is done, through one of the instances. */
type Step = { readonly through: number } & (
  | { readonly kind: 'write'; readonly id: number; readonly a: number | null; readonly b: number | null }
  | { readonly kind: 'remove'; readonly id: number }
  | { readonly kind: 'subscribe'; readonly id: number; readonly asked: Asked }
  | { readonly kind: 'unsubscribe'; readonly id: number }
)
type Asked = Pick<Subscription, 'isActive' | 'timeInterval'> & { readonly condition: Partial<Condition> }
type Owed = readonly [to: string, content: unknown]

const TRIGGERS: readonly Trigger[] = [
  ...(['entityCreated', 'entityDeleted', 'attributeCreated', 'attributeUpdated', 'attributeDeleted'] as const),
]
const [A, B] = ['https://example.org/a', 'https://example.org/b']
const QUEUE = 'http://example.org'
const call = callIn('')
const id = fc.nat(2)
const through = fc.nat(1)
const number = fc.option(fc.nat(3), { nil: null })
const asked: fc.Arbitrary<Asked> = fc
  .record({
    triggers: fc.subarray([...TRIGGERS], { minLength: 1 }),
    watched: fc.option(fc.subarray([A, B], { minLength: 1 }), { nil: undefined }),
    over: fc.option(fc.nat(3), { nil: undefined }),
    isActive: fc.integer({ min: 0, max: 3 }).map((n) => n > 0),
    isPeriodic: fc.nat(9).map((n) => n === 0),
  })
  .map(({ triggers, watched, over, isActive, isPeriodic }) => ({
    isActive,
    ...(isPeriodic && { timeInterval: 3_600 }),
    condition: {
      triggers,
      ...(watched && { watchedAttributes: watched }),
      ...(over !== undefined && { q: above(over) }),
    },
  }))
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('write' as const), id, through, a: number, b: number }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), id, through }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('subscribe' as const), id, through, asked }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unsubscribe' as const), id, through }) },
)

function above(value: number): Query {
  return { kind: 'term', path: { links: [], names: [A] }, test: { operator: '>', value: { kind: 'number', value } } }
}

/** Does its steps one after the other, with entities and subscriptions of its own; returns what they are to owe. */
async function act(instances: readonly Instance[], name: string, steps: readonly Step[]): Promise<readonly Owed[]> {
  const type = `urn:T:${name}`
  const entities = new Map<string, Entity>()
  const subscriptions = new Map<string, Subscription>()
  const owed: Owed[] = []
  const write = async ({ store }: Instance, of: string, after: Entity | undefined): Promise<void> => {
    const before = entities.get(of)
    const now = await store.entities.write(call, of, (_, at) => ({ entity: after ?? null, result: at }))
    const change = { ...(before && { before }), ...(after && { after }), now, cause: 'write' } as const
    if (before !== undefined || after !== undefined) owed.push(...owedBy(change, subscriptions.values()))
    if (after === undefined) entities.delete(of)
    else entities.set(of, after)
  }
  for (const [n, each] of steps.entries()) {
    const instance = instances[each.through % instances.length] as Instance
    const of = `urn:${name}:${each.id}`
    if (each.kind === 'write') await write(instance, of, entity(of, { types: [type], ...attributesOf(each, n) }))
    else if (each.kind === 'remove') await write(instance, of, undefined)
    else {
      const next = each.kind === 'subscribe' ? subscriptionTo(type, of, each.asked) : undefined
      await subscribe(instance, call, of, next)
      if (next === undefined) subscriptions.delete(of)
      else subscriptions.set(of, next)
    }
  }
  return owed
}

function attributesOf({ a, b }: { readonly a: number | null; readonly b: number | null }, n: number) {
  const one = (name: string, value: number | null) => (value === null ? {} : { [name]: [property(value)] })
  return { modifiedAt: NOW + n, attributes: { ...one(A, a), ...one(B, b) } }
}

function subscriptionTo(type: string, id: string, { condition, ...more }: Asked): Subscription {
  return subscriptionOf({ id, ...more, condition: { entities: [{ types: [[type]] }], ...condition } })
}

function owedBy(change: EntityChange, subscriptions: Iterable<Subscription>): readonly Owed[] {
  const what = whatChanged(change)
  return [...subscriptions].flatMap((each) => {
    if (statusOf(each, change.now) !== 'active' || each.timeInterval !== undefined) return []
    const told = tell(each, change, what)
    return told === undefined ? [] : [[toOf(each.id, told.entity.id), told] as const]
  })
}

function toOf(subscription: string, of: string): string {
  return `${of} to ${subscription}`
}

/** In order, by whom is told of what: between others there is none. */
function byRecipient(owed: readonly Owed[]): Readonly<Record<string, readonly unknown[]>> {
  const lists: Record<string, unknown[]> = {}
  for (const [to, content] of owed) lists[to] = [...(lists[to] ?? []), content]
  return lists
}

/** `count`: instances, in which a change of a subscription has to be effective at once. */
export function owedExactly(fresh: () => Promise<SharedDatabase>, count: number, runs: number): void {
  let database: SharedDatabase
  let instances: readonly Instance[] = []
  beforeEach(async () => {
    database = await fresh()
    instances = await Promise.all(Array.from({ length: count }, () => openInstance(database.open)))
  })
  afterEach(async () => {
    await Promise.all(instances.map((instance) => instance.close()))
    await database.drop()
  })

  it('is owed once, in order, and to nobody else', async () => {
    let run = 0
    let told = 0
    const actors = fc.array(fc.array(step, { minLength: 20, maxLength: 40 }), { minLength: 4, maxLength: 8 })
    const check = fc.asyncProperty(actors, async (all) => {
      const name = `r${++run}`
      const expected = await Promise.all(all.map((steps, i) => act(instances, `${name}-${i}`, steps)))
      const { store } = instances[run % count] as Instance
      const owed = await store.notices.owed(call, QUEUE, { notices: 100_000, bytes: 1_000_000_000 })
      const mine = owed.filter((notice) => notice.entity.startsWith(`urn:${name}-`))
      told += mine.length
      expect(byRecipient(mine.map((each) => [toOf(each.subscription, each.entity), each.content]))).toEqual(
        byRecipient(expected.flat()),
      )
    })
    await fc.assert(check, { numRuns: LONG ? 20 * runs : runs, endOnFailure: true })
    expect(told).toBeGreaterThan(5 * runs)
  }, 300_000)
}
