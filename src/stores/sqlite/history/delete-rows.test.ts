import { afterAll, beforeAll, expect, it } from 'vitest'
import { DATABASE } from '../../../../test/support/database-options.ts'
import type { Addition } from '../../../core/history/past-instance.ts'
import type { InstanceSelection, Wanted } from '../../../core/history/selection.ts'
import { type Database, openDatabase } from '../database.ts'
import type { Step } from '../write-queue.ts'
import { addStep, deleteAttributeStep, deleteEvolutionStep } from './change-steps.ts'
import { retainStep } from './retain-step.ts'

const NOW = Date.UTC(2026, 0, 1)
const selection: InstanceSelection = { timeProperty: 'observedAt', onlyTimed: false }
const wanted: Wanted = { kind: 'instances', most: 100 }
const ASKED = { selection, wanted }

let database: Database
beforeAll(async () => {
  database = await openDatabase(':memory:', DATABASE)
})
afterAll(() => database.close())

const run = <T>(...steps: readonly Step<T>[]) => database.writes.run(steps)
const addTo = (id: string, ...attributes: readonly string[]) => {
  const instance = { type: 'Property', value: 1, createdAt: NOW, modifiedAt: NOW } as const
  const additions = attributes.map((attribute): Addition => ({ attribute, instance }))
  return run(addStep(database, id, { types: ['urn:T'], additions }, 'make', () => NOW))
}

it.each<[string, (id: string) => Step<unknown>]>([
  ['an evolution', (id) => deleteEvolutionStep(database, id)],
  ['an Attribute', (id) => deleteAttributeStep(database, id, 'urn:a', 'all')],
  ['what is too old', () => retainStep(database, () => ({ rawBefore: (NOW + 1) * 1_000 }), 500)],
])('answers about others are remembered when %s is deleted', async (_, stepOf) => {
  await addTo('urn:x:1', 'urn:a', 'urn:b')
  database.known.answers.keep('urn:x:1', ASKED, { evolutions: [] }, 100)
  database.known.answers.keep('urn:x:other', ASKED, { evolutions: [] }, 100)
  expect((await run(stepOf('urn:x:1')))[0]?.ok).toBe(true)
  expect(database.known.answers.find('urn:x:1', ASKED)).toBeUndefined()
  expect(database.known.answers.find('urn:x:other', ASKED)).toBeDefined()
})

it('what is known of series is what there is, in the same commit too', async () => {
  await addTo('urn:x:2', 'urn:a', 'urn:b')
  const { evolutions } = database
  const { hid = 0 } = evolutions.find('urn:x:2') ?? {}
  const sid = evolutions.series(hid, 'urn:a', '')?.sid
  expect(evolutions.countOfSeries(hid)).toBe(2)
  const known = () => [evolutions.find('urn:x:2')?.hid, evolutions.countOfSeries(hid)]
  const look =
    <T>(value: () => T) =>
    () =>
      ({ ok: true, value: value() }) as const
  const ofAttribute = await run<unknown>(
    deleteAttributeStep(database, 'urn:x:2', 'urn:a', 'all'),
    look(() => [evolutions.hasSeries(hid, 'urn:a', ''), ...known()]),
    look(() => evolutions.series(hid, 'urn:a', '')?.sid !== sid),
  )
  expect(ofAttribute.map((each) => each.ok && each.value)).toEqual(['done', [false, hid, 1], true])
  const ofAll = await run<unknown>(
    deleteEvolutionStep(database, 'urn:x:2'),
    look(() => evolutions.find('urn:x:2')),
  )
  expect(ofAll).toEqual([{ ok: true, value: true }, { ok: true }])
  await addTo('urn:x:2', 'urn:a')
  expect(evolutions.find('urn:x:2')?.hid).toBeGreaterThan(hid)
})
