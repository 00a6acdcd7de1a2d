import { beforeAll, describe, expect, it } from 'vitest'
import { coreDecodeContext } from '../../../test/support/core-terms.ts'
import { type PastInstance, type PastInstances, SCOPE } from '../history/past-instance.ts'
import type { TermTable } from '../jsonld/terms.ts'
import type { AttributeType, Json } from '../model/entity.ts'
import { decodeEvolution } from './decode-evolution.ts'
import type { EvolutionContext } from './decode-instances.ts'
import { downgradeEvolution } from './downgrade-evolution.ts'
import { parseLanguageFilter } from './language-filter.ts'
import { type EvolutionRenderOptions, renderEvolution, type ShownEvolution } from './render-evolution.ts'

const VOCABULARY = 'https://uri.etsi.org/ngsi-ld/default-context/'
const [T0, T1, T2] = ['2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z', '2026-01-01T00:02:00.5Z']
const CREATED = Date.parse(T1)
let context: EvolutionContext
let terms: TermTable
beforeAll(async () => {
  context = { ...(await coreDecodeContext()), instances: 100, now: 0 }
  terms = context.terms
})

let ids = 0
function past(value: Json, observedAt: string | undefined, more: Partial<PastInstance> = {}): PastInstance {
  const times = { createdAt: CREATED, modifiedAt: CREATED, ...(observedAt !== undefined && { observedAt }) }
  return { type: 'Property', value, instanceId: `urn:i:${++ids}`, ...times, ...more }
}

const of = (type: AttributeType) => ({ type })
const named = (n: readonly PastInstance[]): PastInstances => ({ [`${VOCABULARY}n`]: n })
function evolution(instances: PastInstances, more: Partial<ShownEvolution> = {}): ShownEvolution {
  return { id: 'urn:x:1', types: [`${VOCABULARY}T`], createdAt: CREATED, modifiedAt: CREATED, instances, ...more }
}

function options(more: Partial<EvolutionRenderOptions> = {}): EvolutionRenderOptions {
  const plain = {
    format: 'normalized',
    sysAttrs: false,
    timeProperty: 'observedAt',
    methods: [],
    backwards: false,
  } as const
  return { ...plain, terms, isShown: () => true, ...more }
}
function rendered(...[given, how]: Parameters<typeof renderEvolution>) {
  const steps = renderEvolution(given, how)
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}
const shown = (instances: PastInstances, more: Partial<EvolutionRenderOptions> = {}) =>
  rendered(evolution(instances), options(more))

describe('renderEvolution', () => {
  it('4.5.7: instances in arrays, also where there is one; deletedAt where it is set', () => {
    const gone = { deletedAt: CREATED, instanceId: 'urn:i:gone' }
    expect(shown(named([past('urn:ngsi-ld:null', undefined, gone)]))).toEqual({
      ...{ id: 'urn:x:1', type: 'T' },
      n: [{ type: 'Property', value: 'urn:ngsi-ld:null', instanceId: 'urn:i:gone', deletedAt: '2026-01-01T00:01:00Z' }],
    })
  })

  it('6.3.11: system times where they are asked for', () => {
    const json = rendered(evolution(named([past(1, T0)]), { deletedAt: CREATED }), options({ sysAttrs: true }))
    const at = '2026-01-01T00:01:00Z'
    expect(json).toMatchObject({ createdAt: at, modifiedAt: at, deletedAt: at, n: [{ createdAt: at, modifiedAt: at }] })
  })

  it('concise: without types, but for a Property that would be taken for a GeoProperty', () => {
    const point = { type: 'Point', coordinates: [0, 0] }
    const { n } = shown(named([past(1, T0), past(point, T1)]), { format: 'concise' })
    expect(n).toMatchObject([{ value: 1 }, { type: 'Property', value: point }])
    expect((n as readonly object[])[0]).not.toHaveProperty('type')
  })

  it('6.3.10: with lastN the latest first', () => {
    const { n } = shown(named([past(1, T0), past(2, T1)]), { backwards: true })
    expect(n).toMatchObject([{ value: 2 }, { value: 1 }])
  })

  it('4.21: members that are wanted', () => {
    const all = { ...named([past(1, T0)]), [SCOPE]: [past(['/a'], T0)] }
    expect(Object.keys(shown(all, { isShown: (member) => member === 'scope' }))).toEqual(['scope'])
    expect(Object.keys(shown(all, { isShown: (member) => member === `${VOCABULARY}n` }))).toEqual(['n'])
  })

  it('4.5.6, 4.5.9: a scope is a text where there is one, in pairs as well', () => {
    const all = { [SCOPE]: [past(['/a'], T0), past(['/b', '/c'], T1)] }
    expect(shown(all).scope).toMatchObject([{ value: '/a' }, { value: ['/b', '/c'] }])
    expect(shown(all, { format: 'simplified' }).scope).toEqual({
      type: 'Property',
      values: [
        ['/a', T0],
        [['/b', '/c'], T1],
      ],
    })
  })

  it('4.5.9: pairs of each type and dataset, with the time that was asked for', () => {
    const inD = { datasetId: 'urn:d:1' }
    const all = named([past(1, T0), past('urn:a:1', T1, of('Relationship')), past(2, T2, inD)])
    expect(shown(all, { format: 'simplified' }).n).toEqual([
      { type: 'Property', values: [[1, T0]] },
      { type: 'Relationship', objects: [['urn:a:1', T1]] },
      { type: 'Property', datasetId: 'urn:d:1', values: [[2, T2]] },
    ])
    const { n } = shown(named([past(1, T0)]), { format: 'simplified', timeProperty: 'createdAt' })
    expect(n).toEqual({ type: 'Property', values: [[1, T1]] })
    const inZeros = shown(named([past(1, '2026-01-01T00:00:00.000Z')]), { format: 'simplified' })
    expect(inZeros.n).toEqual({ type: 'Property', values: [[1, T0]] })
    // Where it stands, if it has no such time.
    const untimed = shown(named([past(1, undefined)]), { format: 'simplified' })
    expect(untimed.n).toEqual({ type: 'Property', values: [[1, T1]] })
  })

  it('yields where there are many', () => {
    for (const format of ['normalized', 'simplified'] as const) {
      const many = named(Array.from({ length: 250 }, (_, i) => past(i, '2026-01-01T00:00:00.250Z')))
      const steps = renderEvolution(evolution(many), options({ format }))
      expect([steps.next().done, steps.next().done, steps.next().done]).toEqual([false, false, true])
    }
  })

  it('4.15: LanguageProperties in one language', () => {
    const all = named([past({ es: 'sí', en: 'yes' }, T0, of('LanguageProperty'))])
    const lang = parseLanguageFilter('es')
    if (lang === undefined) throw new Error('es is a language')
    expect(shown(all, { lang }).n).toMatchObject([{ type: 'Property', value: 'sí', lang: 'es' }])
    expect(shown(all, { lang, format: 'simplified' }).n).toEqual({ type: 'Property', values: [['sí', T0]] })
  })

  it.each(['normalized', 'concise', 'simplified'] as const)('what is shown %s can be sent', (format) => {
    const all = named([
      past(1, T0),
      past({ type: 'Point', coordinates: [1, 2] }, T0, of('GeoProperty')),
      past({ en: 'yes' }, T0, of('LanguageProperty')),
      past(`${VOCABULARY}Male`, T0, of('VocabProperty')),
      past({ a: [1, null] }, T0, of('JsonProperty')),
      past([1, 'b'], T0, of('ListProperty')),
      past(['urn:a:1', 'urn:a:2'], T0, of('Relationship')),
      past(['urn:a:1'], T0, of('ListRelationship')),
      past('x', T1, { datasetId: 'urn:d:1' }),
    ])
    const { additions } = decodeEvolution(shown({ ...all, [SCOPE]: [past(['/a'], T0)] }, { format }), context)
    const essence = ({ type, value, observedAt, datasetId }: Omit<PastInstance, 'instanceId'>) => {
      return { type, value, observedAt, datasetId }
    }
    expect(additions.map(({ instance }) => essence(instance))).toEqual([
      essence(past(['/a'], T0)),
      ...(all[`${VOCABULARY}n`] ?? []).map(essence),
    ])
  })
})

describe('downgradeEvolution', () => {
  const to = (version: number) => ({ version, terms, inOneLanguage: false })

  it('is the same object where nothing is newer than the version', () => {
    const plain = evolution(named([past(1, T0)]))
    for (const version of [109, 108, 103]) expect(downgradeEvolution(plain, to(version))).toBe(plain)
  })

  it('4.3.6.8: types of Attributes that the version does not know; ids and times of instances stay', () => {
    const list = past([1, 2], T0, { type: 'ListProperty', deletedAt: CREATED })
    const { instances } = downgradeEvolution(evolution(named([list])), to(107))
    expect(instances).toEqual(named([{ ...list, type: 'Property' }]))
  })

  it('before 1.4 without a scope, before 1.3 of one type, of one dataset, and still with the times of values', () => {
    const all: PastInstances = {
      ...named([past(1, T0, { datasetId: 'urn:d:1' }), past(2, T1), past(3, T2)]),
      [SCOPE]: [past(['/a'], T0)],
    }
    const types = ['urn:T:1', 'urn:T:2']
    expect(downgradeEvolution(evolution(all, { types }), to(103))).toEqual(
      evolution(named(all[`${VOCABULARY}n`] ?? []), { types }),
    )
    const { types: one, instances = {} } = downgradeEvolution(evolution(all, { types }), to(100))
    expect(one).toEqual(['urn:T:1'])
    expect(Object.values(instances).flat()).toMatchObject([
      { value: 2, observedAt: T1 },
      { value: 3, observedAt: T2 },
    ])
  })
})
