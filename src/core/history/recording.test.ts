import { describe, expect, it } from 'vitest'
import type { EntityChange } from '../model/change.ts'
import type { AttributeInstance, Entity } from '../model/entity.ts'
import { NGSI_LD_NULL } from '../model/uri.ts'
import { SCOPE } from './past-instance.ts'
import { recordingOf } from './recording.ts'

const THEN = Date.UTC(2026, 0, 1)
const NOW = THEN + 5_000
const all = () => true
const number = (value: number, more: Partial<AttributeInstance> = {}): AttributeInstance => ({
  ...{ type: 'Property', value, createdAt: THEN, modifiedAt: THEN, ...more },
})
const road = (more: Partial<Entity> = {}): Entity => ({
  ...{ id: 'urn:x:1', types: ['T'], createdAt: THEN, modifiedAt: THEN, attributes: { n: [number(1)] }, ...more },
})
const recorded = (
  change: Omit<EntityChange, 'now' | 'cause'> & Partial<EntityChange>,
  isRecorded: Parameters<typeof recordingOf>[1] = all,
) => recordingOf({ now: NOW, cause: 'write', ...change }, isRecorded)

describe('a change adds to the evolution', () => {
  it('each Attribute of a new entity, as of now', () => {
    expect(
      recorded({ after: road({ attributes: { n: [number(1, { observedAt: '2020-01-01T00:00:00Z' })] } }) }),
    ).toEqual({
      id: 'urn:x:1',
      types: ['T'],
      additions: [
        {
          attribute: 'n',
          instance: number(1, { observedAt: '2020-01-01T00:00:00Z', createdAt: NOW, modifiedAt: NOW }),
        },
      ],
    })
  })

  it('what was written, and nothing of what was left as it was', () => {
    const before = road({ attributes: { n: [number(1)], m: [number(2), number(3, { datasetId: 'urn:d' })] } })
    const [kept] = before.attributes.m ?? []
    const written = number(3, { datasetId: 'urn:d', modifiedAt: NOW })
    const after = road({ attributes: { ...before.attributes, m: kept === undefined ? [] : [kept, written] } })
    expect(recorded({ before, after })?.additions).toEqual([
      { attribute: 'm', instance: { ...written, createdAt: NOW, modifiedAt: NOW } },
    ])
  })

  it('what is written again with the same value', () => {
    const before = road()
    expect(recorded({ before, after: road({ attributes: { n: [number(1)] } }) })?.additions).toHaveLength(1)
  })

  it('deletions: of a dataset, of an Attribute, of the entity', () => {
    const before = road({
      attributes: { n: [number(1), number(2, { datasetId: 'urn:d', unitCode: 'CEL' })] },
      scopes: ['/a'],
    })
    const deletion = { type: 'Property', value: NGSI_LD_NULL, createdAt: NOW, modifiedAt: NOW, deletedAt: NOW }
    const after = { ...before, attributes: { n: (before.attributes.n ?? []).slice(0, 1) } }
    expect(recorded({ before, after })?.additions).toEqual([
      { attribute: 'n', instance: { ...deletion, datasetId: 'urn:d' } },
    ])
    expect(recorded({ before })).toEqual({
      ...{ id: 'urn:x:1', types: ['T'], deletedAt: NOW },
      additions: [
        { attribute: 'n', instance: deletion },
        { attribute: 'n', instance: { ...deletion, datasetId: 'urn:d' } },
        { attribute: SCOPE, instance: deletion },
      ],
    })
  })

  it('the scope, observed when it was written (4.5.6), where it is another', () => {
    const before = road({ scopes: ['/a'] })
    const scope = {
      type: 'Property',
      value: ['/b', '/c'],
      observedAt: '2026-01-01T00:00:05Z',
      createdAt: NOW,
      modifiedAt: NOW,
    }
    expect(recorded({ before, after: { ...before, scopes: ['/b', '/c'] } })?.additions).toEqual([
      { attribute: SCOPE, instance: scope },
    ])
    expect(recorded({ before, after: { ...before, scopes: ['/a'] } })).toBeUndefined()
  })

  it('what has expired, as gone when its time had come (4.22), and nothing of what only lost a part', () => {
    const expiresAt = '2026-01-01T00:00:03Z'
    const before = road({
      attributes: { n: [number(1, { expiresAt })], m: [number(2, { attributes: { of: [number(3, { expiresAt })] } })] },
    })
    const after = road({ attributes: { m: [number(2)] } })
    const change = recorded({ before, after, cause: 'expiry' })
    expect(change?.additions).toMatchObject([{ attribute: 'n', instance: { deletedAt: THEN + 3_000, createdAt: NOW } }])
    expect(recorded({ before: road({ expiresAt }), cause: 'expiry' })).toMatchObject({
      deletedAt: THEN + 3_000,
      additions: [{ attribute: 'n', instance: { deletedAt: THEN + 3_000 } }],
    })
  })

  it('nothing of what is not recorded', () => {
    const change = recorded(
      { after: road({ attributes: { n: [number(1)], m: [number(2)] } }) },
      (types, name) => types.includes('T') && (name === undefined || name === 'm'),
    )
    expect(change?.additions.map(({ attribute }) => attribute)).toEqual(['m'])
  })
})
