/** What `boya import` does with history. */

import { describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/config.ts'
import type { FoundEvolution } from '../../src/ports/history.ts'
import { at, callIn, entity, NOW, property, put } from '../contract/contract-store.ts'
import { exported, exportOf, firstFormatOf, imported, newStore, withStore } from './transfer-stores.ts'

const N = 'https://example.org/n'
const ROAD = 'https://example.org/Road'
const ALL = { timeProperty: 'observedAt', onlyTimed: false } as const

function evolutionIn(config: Config, id: string, tenant = ''): Promise<FoundEvolution | undefined> {
  return withStore(config, async ({ history }) => {
    const page = await history.retrieve(callIn(tenant), id, ALL, { kind: 'instances', most: 10_000 })
    return page?.evolutions[0]
  })
}

const valuesOf = (evolution: FoundEvolution | undefined) => evolution?.instances?.[N]?.map(({ value }) => value)
const road = entity('urn:x:1', { attributes: { [N]: [property(3, { createdAt: NOW - 9, modifiedAt: NOW - 5 })] } })
const head = { id: 'urn:x:1', types: [ROAD], createdAt: NOW - 9 }
const instance = (value: unknown, offset: number) => ({
  ...{ type: 'Property', value, observedAt: new Date(NOW + offset).toISOString(), createdAt: NOW + offset },
})
const seriesOf = (...instances: readonly object[]) => ['series', { attribute: N, isObserved: true, instances }] as const
const file = exportOf(
  ...([
    ['tenant', ''],
    ['entity', road],
    ['evolution', head],
  ] as const),
  seriesOf(instance(1, -9), instance(2, -7), instance(3, -5)),
)

describe('an import', () => {
  it('is itself no history: this comes from the file, and ids are the same in every store', async () => {
    const [one, other] = [newStore(), newStore()]
    const result = await imported(one, file)
    expect(result).toMatchObject({ refused: 0, entities: { created: 1 }, instances: { created: 3 } })
    const evolution = await evolutionIn(one, 'urn:x:1')
    expect(evolution).toMatchObject({ createdAt: NOW - 9, modifiedAt: NOW - 5 })
    expect(valuesOf(evolution)).toEqual([1, 2, 3])
    await imported(other, await exported(one))
    expect(await evolutionIn(other, 'urn:x:1')).toEqual(evolution)
    const again = await imported(one, file)
    expect(again).toMatchObject({ refused: 0, evolutions: { created: 0, unchanged: 1 }, instances: { unchanged: 3 } })
    expect(await evolutionIn(one, 'urn:x:1')).toEqual(evolution)
  })

  it('of a file without history lets it begin with what entities are', async () => {
    const config = newStore()
    const first = firstFormatOf(['tenant', ''], ['entity', road])
    for (const created of [1, 0]) {
      expect(await imported(config, first)).toMatchObject({ refused: 0, evolutions: { created } })
      const evolution = await evolutionIn(config, 'urn:x:1')
      expect(evolution).toMatchObject({ createdAt: road.createdAt })
      expect(evolution?.instances?.[N]).toMatchObject([{ value: 3, createdAt: NOW - 5, modifiedAt: NOW - 5 }])
    }
    const none = newStore({ BOYA_HISTORY: '-*' })
    expect(await imported(none, first)).toMatchObject({ refused: 0, evolutions: { created: 0 } })
  })

  it('of entities without an evolution makes none', async () => {
    const config = newStore()
    await imported(config, exportOf(['tenant', ''], ['entity', road]))
    expect(await evolutionIn(config, 'urn:x:1')).toBeUndefined()
  })

  it('goes on where it was cut', async () => {
    const config = newStore()
    const cut = file.slice(0, file.indexOf('{"series"'))
    expect((await imported(config, cut)).stoppedBy?.message).toMatch(/it is cut/)
    await imported(config, file)
    expect(valuesOf(await evolutionIn(config, 'urn:x:1'))).toEqual([1, 2, 3])
    expect(await exported(config)).toContain(file.split('\n')[4] ?? 'nothing')
  })

  it('refuses what is there and differs, or replaces it, and takes nothing away', async () => {
    const config = newStore()
    await imported(config, file)
    await withStore(config, (store) =>
      put(store, callIn(''), { ...road, attributes: { [N]: [property(9, { observedAt: at(7) })] } }),
    )
    const changed = exportOf(['tenant', ''], ['evolution', head], seriesOf(instance('new', -9), instance(2, -7)))
    const kept = await imported(config, changed)
    expect(kept).toMatchObject({ refused: 1, instances: { unchanged: 1, differs: 1 } })
    expect(kept.refusals[0]?.problem).toMatchObject({
      title: 'Conflict',
      detail: expect.stringMatching(/^an instance of https:\/\/example\.org\/n of urn:x:1, created at .* differs$/),
    })
    expect(await imported(config, changed, { replace: true, dryRun: true })).toMatchObject({
      instances: { replaced: 1 },
    })
    expect(valuesOf(await evolutionIn(config, 'urn:x:1'))).toEqual([1, 2, 3, 9])
    expect(await imported(config, changed, { replace: true })).toMatchObject({ refused: 0, instances: { replaced: 1 } })
    expect(valuesOf(await evolutionIn(config, 'urn:x:1'))).toEqual(['new', 2, 3, 9])
    const other = exportOf(['tenant', ''], ['evolution', { ...head, deletedAt: NOW }], seriesOf(instance(0, -1)))
    const refused = await imported(config, other)
    expect(refused).toMatchObject({ refused: 1, evolutions: { differs: 1 }, instances: { created: 0 } })
    expect(refused.refusals[0]?.problem.detail).toMatch(/^the evolution of urn:x:1 exists already/)
  })

  it('tells what it would do, and does nothing', async () => {
    const config = newStore()
    const dry = await imported(config, file, { dryRun: true })
    expect(dry).toMatchObject({ evolutions: { created: 1 }, instances: { created: 3 } })
    expect(await evolutionIn(config, 'urn:x:1')).toBeUndefined()
    const named = file.replace('{"tenant":""}', '{"tenant":"city"}')
    expect(await imported(config, named, { dryRun: true })).toMatchObject({ tenants: 1, instances: { created: 3 } })
  })

  it('takes one Tenant, or into one', async () => {
    const config = newStore()
    await imported(config, file.replace('{"tenant":""}', '{"tenant":"city"}'), { only: 'city', tenant: 'town' })
    expect(valuesOf(await evolutionIn(config, 'urn:x:1', 'town'))).toEqual([1, 2, 3])
    expect(await evolutionIn(config, 'urn:x:1')).toBeUndefined()
  })

  it('takes the rules by which history is kept bounded, unless there are others', async () => {
    const config = newStore()
    const rules = (raw: string) => exportOf(['tenant', ''], ['retention', [{ type: ROAD, raw }]])
    expect(await imported(config, rules('P1D'))).toMatchObject({ refused: 0, retentions: { created: 1 } })
    expect(await imported(config, rules('P1D'))).toMatchObject({ refused: 0, retentions: { unchanged: 1 } })
    expect((await imported(config, rules('P2D'))).refusals).toMatchObject([{ problem: { title: 'Conflict' } }])
    expect(await imported(config, rules('P2D'), { replace: true })).toMatchObject({ retentions: { replaced: 1 } })
    expect(await exported(config)).toContain('"raw":"P2D"')
    expect((await imported(config, rules('soon'))).refusals).toMatchObject([{ problem: { title: 'BadRequestData' } }])
  })
})

describe('what nobody can have made is refused, and the rest taken:', () => {
  const good = instance(1, -9)
  it.each([
    ['a value that is none', { ...good, type: 'Relationship', value: 7 }],
    ['a time that is none', { ...good, observedAt: 'yesterday' }],
    ['a time before the system', { ...good, modifiedAt: NOW - 100 }],
    ['NGSI-LD Null that is no deletion', { ...good, value: 'urn:ngsi-ld:null' }],
    ['a deletion with a value', { ...good, deletedAt: NOW }],
  ])('an instance with %s', async (_, wrong) => {
    const config = newStore()
    const text = exportOf(['tenant', ''], ['evolution', head], seriesOf(wrong, instance(2, -7)))
    const { refusals } = await imported(config, text)
    expect(refusals).toMatchObject([{ line: 4, problem: { title: 'BadRequestData' } }])
    expect(valuesOf(await evolutionIn(config, 'urn:x:1'))).toEqual([2])
  })

  it.each([
    ['a member that is none', { attribute: N, instances: [{ ...good, speed: 1 }] }],
    ['instances that are none', { attribute: N, instances: {} }],
    ['a number that is none', { attribute: N, instances: [{ ...good, number: -1 }] }],
    ['a name that is none', { attribute: 'a b', instances: [] }],
    [
      'summaries of nothing',
      { attribute: N, summaries: [{ begins: 0, ends: 1, summaries: [{ valueClass: 'x', count: 1 }] }] },
    ],
    ['summaries that end first', { attribute: N, summaries: [{ begins: 1, ends: 0, summaries: [] }] }],
  ])('a series with %s', async (_, wrong) => {
    const config = newStore()
    const text = exportOf(['tenant', ''], ['evolution', head], ['series', wrong], seriesOf(instance(2, -7)))
    const { refusals } = await imported(config, text)
    expect(refusals).toMatchObject([{ line: 4, problem: { title: 'BadRequestData' } }])
    expect(valuesOf(await evolutionIn(config, 'urn:x:1'))).toEqual([2])
  })

  it.each([
    ['no URI', { ...head, id: 'road' }],
    ['no types', { ...head, types: [] }],
    ['another member', { ...head, modifiedAt: NOW }],
  ])('an evolution of %s, with all that belongs to it', async (_, wrong) => {
    const config = newStore()
    const { refusals } = await imported(
      config,
      exportOf(['tenant', ''], ['evolution', wrong], seriesOf(good), ['evolution', { ...head, id: 'urn:x:2' }]),
    )
    expect(refusals).toMatchObject([{ line: 3, problem: { title: 'BadRequestData' } }])
    expect(await evolutionIn(config, 'urn:x:1')).toBeUndefined()
    expect(await evolutionIn(config, 'urn:x:2')).toBeDefined()
  })

  it('an evolution that stands twice', async () => {
    const text = exportOf(
      ['tenant', ''],
      ['evolution', head],
      seriesOf(good),
      ['evolution', head],
      seriesOf(instance(2, 0)),
    )
    const config = newStore()
    expect((await imported(config, text)).refusals).toMatchObject([{ line: 5, problem: { title: 'AlreadyExists' } }])
    expect(valuesOf(await evolutionIn(config, 'urn:x:1'))).toEqual([1])
  })

  it('but a series of no evolution is damage', async () => {
    const { stoppedBy } = await imported(newStore(), exportOf(['tenant', ''], seriesOf(good)))
    expect(stoppedBy?.message).toMatch(/line 3: it belongs to an evolution, and stands behind none/)
  })

  it('and lines that are lost are missed', async () => {
    const { stoppedBy } = await imported(newStore(), file.replace(/\{"series".*\n/, ''))
    expect(stoppedBy?.message).toMatch(/the file had 1 series and has 0/)
  })
})
