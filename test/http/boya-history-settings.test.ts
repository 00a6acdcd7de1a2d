import { describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, expectProblem, newId, pathOf, START } from './client.ts'
import { evolutionPath, minute, observed, valuesOf } from './temporal.ts'

const clock = testClock(START)
const broker = brokerForFile(
  {
    HISTORY: '-Secret,-Bus speed',
    HISTORY_AFTER_DELETION: 'delete',
    LATE_OBSERVATIONS: 'Meter',
    REPEATED_OBSERVATIONS: 'Meter',
  },
  clock,
)

describe('what is kept of changes', () => {
  it('is what BOYA_HISTORY says', async () => {
    const [secret, bus] = [newId('Secret'), newId('Bus')]
    await broker.create({ id: secret, type: 'Secret', n: 1 }, { id: bus, type: 'Bus', speed: 1, line: 2 })
    expectProblem(await broker.get(evolutionPath(secret)), 404, 'ResourceNotFound')
    const { body } = await broker.get(evolutionPath(bus)).expect(200)
    expect(Object.keys(body)).toEqual(['id', 'type', 'line'])
  })

  it('goes with the entity where that is wished', async () => {
    const id = newId('Bus')
    await broker.create({ id, type: 'Bus', line: 2 })
    await broker.delete(pathOf(id)).expect(204)
    expectProblem(await broker.get(evolutionPath(id)), 404, 'ResourceNotFound')
  })
})

describe('messages of devices', () => {
  it('that are late go into the history only, and those that are repeated make no instance', async () => {
    const id = newId('Meter')
    await broker.create({ id, type: 'Meter', n: observed(5, 30) })
    clock.advance(1_000)
    await broker.patch(`${pathOf(id)}/attrs/n`, observed(4, 20)).expect(204)
    await broker.patch(`${pathOf(id)}/attrs/n`, observed(5, 30)).expect(204)
    expect((await broker.entity(id, 'options=sysAttrs')).n).toMatchObject({
      value: 5,
      observedAt: minute(30),
      modifiedAt: new Date(START).toISOString(),
    })
    await broker.patch(`${pathOf(id)}/attrs/n`, observed(6, 40)).expect(204)
    expect(await broker.entity(id)).toMatchObject({ n: { value: 6 } })
    expect(await valuesOf(broker, id, 'n')).toEqual([4, 5, 6])
  })

  it('of other types each count', async () => {
    const id = newId('Bus')
    await broker.create({ id, type: 'Bus', n: observed(5, 30) })
    await broker.patch(`${pathOf(id)}/attrs/n`, observed(4, 20)).expect(204)
    await broker.patch(`${pathOf(id)}/attrs/n`, observed(4, 20)).expect(204)
    expect(await broker.entity(id)).toMatchObject({ n: { value: 4 } })
    expect(await valuesOf(broker, id, 'n')).toEqual([4, 4, 5])
  })
})
