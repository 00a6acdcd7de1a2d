import { beforeAll, describe, expect, it } from 'vitest'
import { coreDecodeContext } from '../../../test/support/core-terms.ts'
import { SCOPE } from '../history/past-instance.ts'
import type { Json } from '../model/entity.ts'
import { Problem } from '../model/problems.ts'
import { decodeEvolution, decodeOneInstance } from './decode-evolution.ts'
import type { EvolutionContext } from './decode-instances.ts'

const NOW = Date.UTC(2026, 5, 1)
const [T0, T1] = ['2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z']
const NULL = 'urn:ngsi-ld:null'
let context: EvolutionContext
beforeAll(async () => {
  context = { ...(await coreDecodeContext()), instances: 5, now: NOW }
})

const NAME = 'https://uri.etsi.org/ngsi-ld/default-context/n'
const instancesOf = (n: Json, more: Partial<EvolutionContext> = {}) =>
  decodeEvolution({ n }, { ...context, ...more }).additions.map(({ instance }) => instance)
const scopesOf = (scope: Json) => decodeEvolution({ scope }, context).additions

/** Where something is wrong, and what. */
function problemOf(act: () => unknown): { at: string | undefined; detail: string } {
  try {
    act()
  } catch (error) {
    if (error instanceof Problem) return { at: error.at, detail: error.detail }
    throw error
  }
  throw new Error('nothing was wrong')
}

describe('decodeEvolution', () => {
  it('5.2.20: id, types and instances; system times that are sent are ignored (5.2.2)', () => {
    const sent = {
      ...{ id: 'urn:x:1', type: ['A', 'B'], createdAt: T0, modifiedAt: 'x', deletedAt: T0, expiresAt: T1 },
      n: [
        { type: 'Property', value: 1, observedAt: T0, instanceId: 'urn:i:1', createdAt: T0 },
        { value: 2, datasetId: 'urn:d:1' },
        { value: 3, datasetId: 'urn:d:1' },
      ],
    }
    const times = { createdAt: 0, modifiedAt: 0 }
    expect(decodeEvolution(sent, context)).toEqual({
      id: 'urn:x:1',
      types: ['A', 'B'].map((name) => `https://uri.etsi.org/ngsi-ld/default-context/${name}`),
      additions: [
        { attribute: NAME, instance: { type: 'Property', value: 1, observedAt: T0, ...times } },
        { attribute: NAME, instance: { type: 'Property', value: 2, datasetId: 'urn:d:1', ...times } },
        { attribute: NAME, instance: { type: 'Property', value: 3, datasetId: 'urn:d:1', ...times } },
      ],
    })
  })

  it('takes one instance without an array, and a concise value', () => {
    expect(instancesOf({ type: 'Relationship', object: 'urn:a:1' })).toMatchObject([{ type: 'Relationship' }])
    expect(instancesOf(5)).toMatchObject([{ type: 'Property', value: 5 }])
    expect(instancesOf([1, 2])).toMatchObject([{ type: 'Property', value: [1, 2] }])
  })

  it('keeps the times of what was exported, where it is told to', () => {
    const sent = [{ value: 1, createdAt: T0, modifiedAt: T1 }, { value: 2, createdAt: T1 }, { value: 3 }]
    expect(instancesOf(sent, { keepsTimes: true })).toMatchObject([
      { createdAt: Date.parse(T0), modifiedAt: Date.parse(T1) },
      { createdAt: Date.parse(T1), modifiedAt: Date.parse(T1) },
      { createdAt: 0, modifiedAt: 0 },
    ])
    const wrong = problemOf(() => instancesOf({ value: 1, createdAt: 'x' }, { keepsTimes: true }))
    expect(wrong.at).toBe('/n/createdAt')
  })

  it.each<[Json, Json]>([
    [{ type: 'Property', value: NULL }, NULL],
    [{ value: NULL }, NULL],
    [NULL, NULL],
    [{ type: 'GeoProperty', value: NULL }, NULL],
    [{ type: 'Relationship', object: NULL }, NULL],
    [{ type: 'VocabProperty', vocab: NULL }, NULL],
    [{ type: 'JsonProperty', json: NULL }, NULL],
    [{ type: 'LanguageProperty', languageMap: NULL }, { '@none': NULL }],
    [{ type: 'LanguageProperty', languageMap: { '@none': NULL } }, { '@none': NULL }],
    [{ type: 'ListProperty', valueList: NULL }, [NULL]],
    [{ type: 'ListRelationship', objectList: [NULL] }, [NULL]],
  ])('4.5.7: a deletion, %j', (sent, value) => {
    expect(instancesOf(sent)).toMatchObject([{ value, deletedAt: NOW }])
  })

  it('4.5.7: a deletion was when it says, else when it was observed, else now', () => {
    const sent = [{ value: NULL, deletedAt: T0, observedAt: T1 }, { value: NULL, observedAt: T1 }, { value: NULL }]
    expect(instancesOf(sent).map(({ deletedAt }) => deletedAt)).toEqual([Date.parse(T0), Date.parse(T1), NOW])
  })

  it('4.5.9: pairs of values and times', () => {
    expect(
      instancesOf([
        { type: 'Property', values: [[1, T0]] },
        { type: 'Property', datasetId: 'urn:d:1', values: [[2, T1]] },
      ]),
    ).toMatchObject([
      { value: 1, observedAt: T0 },
      { value: 2, observedAt: T1, datasetId: 'urn:d:1' },
    ])
    expect(instancesOf({ type: 'VocabProperty', vocabs: [[{ vocab: 'Male' }, T0]] })).toMatchObject([
      { type: 'VocabProperty', value: NAME.replace(/n$/, 'Male'), observedAt: T0 },
    ])
    // Without a type it is a value like any other.
    expect(instancesOf({ values: [1, 2] })).toMatchObject([{ type: 'Property', value: { values: [1, 2] } }])
  })

  it('4.5.6: the scope, as entities have it, in instances, and in pairs', () => {
    expect(scopesOf('/a')).toMatchObject([{ attribute: SCOPE, instance: { type: 'Property', value: ['/a'] } }])
    expect(scopesOf(['/a', 'b'])).toMatchObject([{ instance: { value: ['/a', 'b'] } }])
    const instances = [{ value: '/a', observedAt: T0 }, { value: ['/b', '/c'] }, { value: NULL, deletedAt: T1 }]
    expect(scopesOf(instances)).toMatchObject([
      { instance: { value: ['/a'], observedAt: T0 } },
      { instance: { value: ['/b', '/c'] } },
      { instance: { value: NULL, deletedAt: Date.parse(T1) } },
    ])
    const pairs = {
      type: 'Property',
      values: [
        ['/a', T0],
        [['/b'], T1],
      ],
    }
    expect(scopesOf(pairs)).toMatchObject([{ instance: { value: ['/a'] } }, { instance: { value: ['/b'] } }])
  })

  it.each<[Json, string, RegExp]>([
    [{ n: [] }, '/n', /empty/],
    [{ n: [{ value: 1 }, { type: 'Property' }] }, '/n/1', /needs the member "value"/],
    [{ n: [{ value: 1, unitCode: NULL }] }, '/n/0', /leave other members out/],
    [{ n: { value: 1, sub: NULL } }, '/n', /leave other members out/],
    [{ n: { value: NULL, deletedAt: 'x' } }, '/n/deletedAt', /date and time/],
    [{ n: Array.from({ length: 6 }, () => ({ value: 1 })) }, '/n/5', /BOYA_MAX_INSTANCES/],
    [{ n: { type: 'Property', values: [] } }, '/n/values', /empty/],
    [{ n: { type: 'Property', values: [[1, T0], [2]] } }, '/n/values/1', /pair/],
    [{ n: { type: 'Property', values: [[1, 'x']] } }, '/n/values/0/observedAt', /date and time/],
    [{ n: { type: 'Property', values: [[1, T0]], unitCode: 'CEL' } }, '/n/unitCode', /send instances/],
    [{ n: { values: [[1, T0]] } }, '/n', /add "type"/],
    [{ n: { type: 'Property', objects: [['urn:a:1', T0]] } }, '/n/objects/0', /needs the member "value"/],
    [{ location: [{ type: 'Property', value: 5 }] }, '/location/0', /GeoProperty/],
    [{ n: 1, [NAME]: 2 }, `/${NAME.replaceAll('/', '~1')}`, /./],
    [{ expiresAt: NULL }, '/expiresAt', /leave the member out/],
    [{ expiresAt: 5 }, '/expiresAt', /date and time/],
    [{ scope: [] }, '/scope', /empty/],
    [{ scope: NULL }, '/scope', /leave the member out/],
    [{ scope: 'no scope' }, '/scope', /expected a scope/],
    [{ scope: [{ value: 'no scope' }] }, '/scope/0/value', /expected a scope/],
    [{ scope: [{ value: '/a' }, '/b'] }, '/scope/1', /found "\/b"/],
    [{ scope: { type: 'Relationship', object: 'urn:a:1' } }, '/scope', /Property/],
    [{ scope: { value: '/a', datasetId: 'urn:d:1' } }, '/scope', /nothing but its value/],
    [{ scope: { value: '/a', sub: 1 } }, '/scope', /nothing but its value/],
    [[], '', /JSON object/],
  ])('refuses %j', (sent, at, detail) => {
    const problem = problemOf(() => decodeEvolution(sent, context))
    expect(problem.at ?? '').toBe(at)
    expect(problem.detail).toMatch(detail)
  })
})

const N = { name: 'n', attribute: NAME }
const OF_SCOPE = { name: 'scope', attribute: SCOPE }

describe('decodeOneInstance', () => {
  const ID = 'urn:i:1'
  it('5.6.14: alone, or as the only one of an array', () => {
    for (const sent of [
      { value: 7 },
      [{ value: 7 }],
      { n: [{ value: 7 }] },
      { id: 'urn:x:1', type: 'A', n: { value: 7 } },
    ])
      expect(decodeOneInstance(sent, N, ID, context)).toMatchObject({ type: 'Property', value: 7 })
    expect(decodeOneInstance({ value: '/a' }, OF_SCOPE, ID, context)).toMatchObject({ value: ['/a'] })
  })

  it('an instance may have a sub-Attribute of the same name', () => {
    const sent = { type: 'Property', value: 7, n: { type: 'Property', value: 8 } }
    expect(decodeOneInstance(sent, N, ID, context)).toMatchObject({ value: 7, attributes: { [NAME]: [{ value: 8 }] } })
  })

  it('refuses what stands beside the Attribute, and says where something is wrong', () => {
    expect(problemOf(() => decodeOneInstance({ n: { value: 7 }, m: { value: 8 } }, N, ID, context)).at).toBe('/m')
    expect(problemOf(() => decodeOneInstance({ n: [{ type: 'Property' }] }, N, ID, context)).at).toBe('/n/0')
    expect(problemOf(() => decodeOneInstance({ n: 7, m: 8 }, { ...N, name: 'other' }, ID, context)).at).toBe('')
  })

  it('refuses several, and a scope that is none', () => {
    expect(problemOf(() => decodeOneInstance([{ value: 7 }, { value: 8 }], N, ID, context)).detail).toMatch(/found 2/)
    expect(problemOf(() => decodeOneInstance({ value: 'no scope' }, OF_SCOPE, ID, context)).at).toBe('/value')
  })
})
