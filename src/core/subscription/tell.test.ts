import { describe, expect, it } from 'vitest'
import { type Asked, building, instance, property, subscriptionOf, THEN } from '../../../test/support/subscriptions.ts'
import type { Attributes, Entity } from '../model/entity.ts'
import { NGSI_LD_NULL } from '../model/uri.ts'
import type { Query } from '../query/ast.ts'
import type { Trigger } from './subscription.ts'
import { type Told, tell } from './tell.ts'
import { whatChanged } from './what-changed.ts'

const NOW = THEN + 60_000

function told(asked: Asked, before: Entity | undefined, after: Entity | undefined): Told | undefined {
  const change = { ...(before && { before }), ...(after && { after }), now: NOW, cause: 'write' } as const
  return tell(subscriptionOf(asked), change, whatChanged(change))
}

const at = (value: number): Attributes => ({ 'urn:a': [property(value)], 'urn:b': [property('b')] })
const whole = building(at(1))
const moved = building(at(2))
const without = building({ 'urn:b': [property('b')] })

describe('when a subscription is told (5.8.6)', () => {
  const changes: Record<Trigger, readonly [Entity | undefined, Entity | undefined]> = {
    entityCreated: [undefined, whole],
    entityDeleted: [whole, undefined],
    entityRevised: [whole, { ...whole, scopes: ['/a'] }],
    attributeCreated: [without, whole],
    attributeUpdated: [whole, moved],
    attributeDeleted: [whole, without],
  }

  it.each(Object.keys(changes) as Trigger[])('%s: of that, and of no other change alone', (trigger) => {
    const firing = (Object.keys(changes) as Trigger[]).filter(
      (other) => told({ condition: { triggers: [trigger] } }, ...changes[other]) !== undefined,
    )
    // Attributes come and go with their entity.
    const also: Partial<Record<Trigger, Trigger>> = {
      attributeCreated: 'entityCreated',
      attributeDeleted: 'entityDeleted',
    }
    expect(firing.sort()).toEqual([trigger, also[trigger]].filter((each) => each !== undefined).sort())
  })

  it('says whether the entity was created or deleted', () => {
    const condition = { triggers: Object.keys(changes) as Trigger[] }
    const kinds = Object.values(changes).map((change) => told({ condition }, ...change))
    expect(kinds.map((each) => [each?.isCreated, each?.deletedAt])).toEqual([
      [true, undefined],
      [undefined, NOW],
      ...Array.from({ length: 4 }, () => [undefined, undefined]),
    ])
  })

  it('4.22: what has expired is gone since its expiresAt, or since it was given one that had passed', () => {
    const expired = (before: Entity, after?: Entity): Told | undefined => {
      const change = { before, ...(after && { after }), now: NOW, cause: 'expiry' } as const
      const triggers = ['entityDeleted', 'attributeDeleted'] as const
      return tell(subscriptionOf({ condition: { triggers } }), change, whatChanged(change))
    }
    const until = (ms: number): { expiresAt: string } => ({ expiresAt: new Date(THEN + ms).toISOString() })
    expect(expired({ ...whole, ...until(5_000) })).toMatchObject({
      deletedAt: THEN + 5_000,
      attributesDeletedAt: THEN + 5_000,
    })
    expect(expired({ ...whole, ...until(-5_000) })?.deletedAt).toBe(THEN)
    const parts = { 'urn:a': [property(1, until(5_000))], 'urn:c': [property(1, until(7_000))] }
    const told = expired(building({ ...without.attributes, ...parts }), without)
    expect([told?.deletedAt, told?.attributesDeletedAt]).toEqual([undefined, THEN + 7_000])
  })

  it('only where a watched Attribute is what changed', () => {
    expect(told({ condition: { watchedAttributes: ['urn:a'] } }, whole, moved)).toBeDefined()
    expect(told({ condition: { watchedAttributes: ['urn:b', 'urn:c'] } }, whole, moved)).toBeUndefined()
    expect(told({}, whole, { ...whole, modifiedAt: NOW })).toBeUndefined()
  })

  it('5.8.1.4: where no entities are asked for, only of those that have, or had, what is watched', () => {
    const of = (name: string, trigger: Trigger, more: Asked['condition'] = {}) =>
      told({ condition: { watchedAttributes: [name], triggers: [trigger], ...more } }, ...changes[trigger]) !==
      undefined
    for (const trigger of ['entityCreated', 'entityDeleted', 'entityRevised'] as const) {
      expect([of('urn:a', trigger), of('urn:z', trigger), of('urn:z', trigger, { entities: [{}] })]).toEqual([
        true,
        false,
        true,
      ])
    }
  })

  it('only of what is selected, as it is after the change', () => {
    const q: Query = {
      kind: 'term',
      path: { links: [], names: ['urn:a'] },
      test: { operator: '>', value: { kind: 'number', value: 1 } },
    }
    expect(told({ condition: { q } }, whole, moved)).toBeDefined()
    expect(told({ condition: { q } }, moved, whole)).toBeUndefined()
    expect(told({ condition: { q, triggers: ['entityDeleted'] } }, moved, undefined)).toBeDefined()
    expect(told({ condition: { entities: [{ types: [['urn:T:Bridge']] }] } }, whole, moved)).toBeUndefined()
    expect(told({ condition: { scopes: [[{ levels: ['A'], below: true }]] } }, whole, moved)).toBeUndefined()
  })
})

describe('a q that leads to other entities (4.9)', () => {
  const linked: Query = { kind: 'term', path: { links: [{ relationship: 'urn:b', types: [] }], names: ['urn:n'] } }
  const own = (name: string): Query => ({ kind: 'term', path: { links: [], names: [name] } })
  const toldBy = (q: Query) => told({ condition: { q }, representation: { pick: [{ member: 'id' }] } }, whole, moved)

  it('is in doubt, and keeps what is asked for, whatever is shown', () => {
    expect(toldBy(linked)).toEqual({
      entity: { ...moved, attributes: {} },
      inDoubt: { ...moved, attributes: { 'urn:b': moved.attributes['urn:b'] } },
    })
  })

  it('is not, where the entity alone decides', () => {
    expect(toldBy({ kind: 'or', parts: [linked, own('urn:a')] })?.inDoubt).toBeUndefined()
    expect(toldBy({ kind: 'and', parts: [linked, own('urn:none')] })).toBeUndefined()
    expect(
      toldBy({ kind: 'and', parts: [own('urn:a'), { kind: 'or', parts: [linked, own('urn:none')] }] })?.inDoubt
        ?.attributes,
    ).toEqual(moved.attributes)
  })
})

describe('what is told', () => {
  it('of a change: what is picked of the entity after it; the whole where a geometry is taken from it', () => {
    const representation = { pick: [{ member: 'urn:b' }] }
    expect(told({ representation }, whole, moved)?.entity.attributes).toEqual({ 'urn:b': [property('b')] })
    const geo = told({ representation, endpoint: { accept: 'application/geo+json' } }, whole, moved)
    expect(geo).toEqual({ entity: moved })
  })

  it('of datasets: null in what was kept as JSON is the default instance', () => {
    const two = building({ 'urn:a': [property(2), property(3, { datasetId: 'urn:d:1' })] })
    const datasetIds = JSON.parse(JSON.stringify([undefined]))
    expect(told({ representation: { datasetIds } }, whole, two)?.entity.attributes).toEqual({ 'urn:a': [property(2)] })
  })

  it('4.5.5: of datasets that are asked for, and not where another one is all that changed', () => {
    const german = (value: number) => property(value, { datasetId: 'urn:d:1' })
    const triggers = ['attributeCreated', 'attributeUpdated', 'attributeDeleted'] as const
    const asked = (datasetIds: readonly (string | null)[]) => ({
      condition: { triggers },
      representation: { datasetIds },
    })
    const one = building({ 'urn:a': [property(1)] })
    const both = building({ 'urn:a': [property(1), german(1)] })
    const moved = building({ 'urn:a': [property(2), german(1)] })
    for (const [before, after] of [
      [one, both],
      [both, one],
    ] as const) {
      expect(told(asked([null]), before, after)).toBeUndefined()
      expect(told(asked(['urn:d:1']), before, after)).toBeDefined()
    }
    expect(told(asked(['urn:d:1']), both, moved)).toBeUndefined()
    expect(told(asked(['urn:d:1', null]), both, moved)).toBeDefined()
    // The conditions are about the entity as a whole.
    const q: Query = {
      kind: 'term',
      path: { links: [], names: ['urn:a'] },
      test: { operator: '==', values: [{ kind: 'number', value: 2 }] },
    }
    const { condition, representation } = asked(['urn:d:1'])
    const later = building({ 'urn:a': [property(2), german(5)] })
    expect(told({ representation, condition: { ...condition, q } }, both, later)).toBeDefined()
  })

  it('of Attributes that are gone: NGSI-LD Null, where their deletion is asked for', () => {
    const asked = { condition: { triggers: ['attributeDeleted', 'attributeUpdated'] as const } }
    expect(told(asked, whole, without)).toEqual({
      entity: building({ 'urn:b': [property('b')], 'urn:a': [property(NGSI_LD_NULL)] }),
      attributesDeletedAt: NOW,
    })
    const updated = building({ 'urn:b': [property('c')] })
    expect(told({}, whole, updated)).toEqual({ entity: updated })
  })

  it('of an Attribute that is gone with all its instances: that it is gone, once', () => {
    const condition = { triggers: ['attributeDeleted'] as const }
    const three = building({
      'urn:a': [property(1), property(2, { datasetId: 'urn:d:1' }), property(3, { datasetId: 'urn:d:2' })],
    })
    const one = building({ 'urn:a': [property(3, { datasetId: 'urn:d:2' })] })
    const gone = building({ 'urn:a': [property(NGSI_LD_NULL)] })
    expect(told({ condition }, three, building({}))?.entity).toEqual(gone)
    expect(told({ condition }, one, building({}))?.entity).toEqual(gone)
    expect(told({ condition }, three, undefined)?.entity).toEqual(gone)
    expect(told({ condition }, three, one)?.entity.attributes['urn:a']).toHaveLength(3)
    const representation = { showChanges: true }
    expect(told({ condition, representation }, three, building({}))?.entity.attributes['urn:a']).toHaveLength(3)
  })

  it.each([
    ['LanguageProperty', { en: 'a' }, { '@none': NGSI_LD_NULL }],
    ['Relationship', 'urn:x', NGSI_LD_NULL],
    ['JsonProperty', { a: null }, NGSI_LD_NULL],
    ['ListRelationship', ['urn:x', 'urn:y'], [NGSI_LD_NULL]],
    ['ListProperty', [1], [NGSI_LD_NULL]],
  ] as const)('a %s that is gone, and what it was', (type, value, gone) => {
    const was = instance(type, value, { datasetId: 'urn:d:1', observedAt: '2026-01-01T00:00:00Z' })
    const asked = {
      condition: { triggers: ['attributeDeleted'] as const },
      representation: { showChanges: true },
    }
    expect(told(asked, building({ 'urn:a': [property(1), was] }), building({ 'urn:a': [property(1)] }))).toEqual({
      entity: building({ 'urn:a': [property(1), instance(type, gone, { datasetId: 'urn:d:1' })] }),
      attributesDeletedAt: NOW,
      previous: { 'urn:a': [instance(type, value, { datasetId: 'urn:d:1' })] },
    })
  })

  it('of the deletion of an entity: that it is gone, and the Attributes whose deletion is asked for', () => {
    const scoped = { ...whole, scopes: ['/A'] }
    expect(told({ condition: { triggers: ['entityDeleted'] } }, scoped, undefined)).toEqual({
      entity: building({}),
      deletedAt: NOW,
    })
    const condition = { triggers: ['attributeDeleted'] as const, watchedAttributes: ['urn:a'] }
    expect(told({ condition }, scoped, undefined)).toEqual({
      entity: building({ 'urn:a': [property(NGSI_LD_NULL)] }),
      deletedAt: NOW,
      attributesDeletedAt: NOW,
    })
  })

  it('with showChanges: what changed, as it was, and all of an entity that is gone', () => {
    const representation = { showChanges: true }
    expect(told({ representation }, whole, moved)).toEqual({ entity: moved, previous: { 'urn:a': [property(1)] } })
    expect(told({ representation }, without, whole)).toEqual({ entity: whole })
    expect(told({ representation, condition: { triggers: ['entityDeleted'] } }, whole, undefined)).toEqual({
      entity: building({ 'urn:a': [property(NGSI_LD_NULL)], 'urn:b': [property(NGSI_LD_NULL)] }),
      deletedAt: NOW,
      attributesDeletedAt: NOW,
      previous: whole.attributes,
    })
  })
})
