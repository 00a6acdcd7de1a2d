import { describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, expectProblem, newId, pathOf, START } from './client.ts'
import { evolutionOf, evolutionPath, evolve, minute, observed, TEMPORAL, valuesOf } from './temporal.ts'

const clock = testClock(START)
const broker = brokerForFile({ MAX_INSTANCES: '20' }, clock)

describe('5.6.11 Create or Update Temporal Evolution of an Entity', () => {
  it('6.18.3.1: 201 with Location, and 204 where it was there: instances are added', async () => {
    const id = newId()
    const created = await broker.post(TEMPORAL, { id, type: 'Sensor', n: [observed(1, 0), observed(2, 1)] }).expect(201)
    expect(created.headers.location).toBe(`/ngsi-ld/v1/temporal/entities/${id}`)
    expect(created.text).toBe('')
    await broker.post(TEMPORAL, { id, type: 'Sensor', n: observed(3, 2), m: [observed('a', 0)] }).expect(204)
    const id36 = { instanceId: expect.stringMatching(/^urn:ngsi-ld:Instance:/) }
    expect(await evolutionOf(broker, id)).toEqual({
      ...{ id, type: 'Sensor' },
      n: [observed(1, 0, id36), observed(2, 1, id36), observed(3, 2, id36)],
      m: [observed('a', 0, id36)],
    })
  })

  it('5.6.11.4: types that it does not have are added to it', async () => {
    const id = await evolve(broker, { n: observed(1, 0) })
    await broker.post(TEMPORAL, { id, type: ['Sensor', 'Device'] }).expect(204)
    expect((await evolutionOf(broker, id)).type).toEqual(['Sensor', 'Device'])
  })

  it('4.3.1: the current state of the entity is none of it', async () => {
    const id = await evolve(broker, { n: observed(1, 0) })
    await broker.get(pathOf(id)).expect(404)
    await broker.create({ id, type: 'Sensor', n: 5 })
    await broker.post(TEMPORAL, { id, type: 'Sensor', n: observed(2, 2) }).expect(204)
    expect((await broker.entity(id)).n).toEqual({ type: 'Property', value: 5 })
    expect(await valuesOf(broker, id, 'n', 'timeproperty=createdAt')).toHaveLength(3)
  })

  it('an instance takes the place of one that was observed at the same time, of the same dataset', async () => {
    const inD = { datasetId: 'urn:d:1' }
    const id = await evolve(broker, { n: [observed(1, 0), observed(2, 0, inD)] })
    const [before] = (await evolutionOf(broker, id)).n ?? []
    await broker.post(TEMPORAL, { id, type: 'Sensor', n: [observed(7, 0), observed(9, 1)] }).expect(204)
    const after = await evolutionOf(broker, id)
    expect(after.n?.map(({ value }) => value)).toEqual([7, 2, 9])
    expect(after.n?.[0]?.instanceId).toBe(before?.instanceId)
  })

  it('4.5.7: a deletion is an instance with NGSI-LD Null; 5.2.2: system times that are sent are ignored', async () => {
    const id = await evolve(broker, {
      n: [
        observed(1, 0, { createdAt: minute(0), instanceId: 'urn:own:1' }),
        { type: 'Property', value: 'urn:ngsi-ld:null', deletedAt: minute(5) },
      ],
      r: [{ type: 'Relationship', object: 'urn:ngsi-ld:null', observedAt: minute(6) }],
    })
    const { n, r } = await evolutionOf(broker, id, 'options=sysAttrs')
    expect(n?.[0]).toMatchObject({ value: 1, createdAt: new Date(START).toISOString() })
    expect(n?.[0]?.instanceId).not.toBe('urn:own:1')
    expect(n?.[1]).toMatchObject({ value: 'urn:ngsi-ld:null', deletedAt: minute(5) })
    expect(r).toMatchObject([{ object: 'urn:ngsi-ld:null', deletedAt: minute(6) }])
  })

  it('4.5.6: the scope is a Property in it; 4.5.9: the simplified representation is taken as well', async () => {
    const id = await evolve(broker, {
      scope: [observed('/a', 0), observed(['/b', '/c'], 5)],
      n: {
        type: 'Property',
        values: [
          [1, minute(0)],
          [2, minute(1)],
        ],
      },
      says: { type: 'LanguageProperty', languageMaps: [[{ languageMap: { en: 'yes' } }, minute(0)]] },
    })
    const { scope, n, says } = await evolutionOf(broker, id)
    expect(scope).toMatchObject([
      { type: 'Property', value: '/a' },
      { value: ['/b', '/c'], observedAt: minute(5) },
    ])
    expect(n).toMatchObject([observed(1, 0), observed(2, 1)])
    expect(says).toMatchObject([{ type: 'LanguageProperty', languageMap: { en: 'yes' }, observedAt: minute(0) }])
  })

  it.each<[object | string, string, RegExp?]>([
    [{ type: 'Sensor' }, '/id'],
    [{ id: 'urn:x:1' }, '/type'],
    [{ id: 'nothing', type: 'Sensor' }, '/id'],
    [{ id: 'urn:x:1', type: 'Sensor', n: [] }, '/n', /empty/],
    [{ id: 'urn:x:1', type: 'Sensor', n: [{ type: 'Property' }] }, '/n/0'],
    [{ id: 'urn:x:1', type: 'Sensor', n: [observed(1, 0), { ...observed(1, 0), observedAt: 'x' }] }, '/n/1/observedAt'],
    [
      { id: 'urn:x:1', type: 'Sensor', n: [{ ...observed(1, 0), unitCode: 'urn:ngsi-ld:null' }] },
      '/n/0',
      /value of an instance/,
    ],
    [{ id: 'urn:x:1', type: 'Sensor', expiresAt: 'urn:ngsi-ld:null' }, '/expiresAt'],
    [{ id: 'urn:x:1', type: 'Sensor', n: { type: 'Property', values: [[1]] } }, '/n/values/0', /pair/],
    [{ id: 'urn:x:1', type: 'Sensor', scope: [{ type: 'Relationship', object: 'urn:a:b' }] }, '/scope/0'],
    [
      { id: 'urn:x:1', type: 'Sensor', n: Array.from({ length: 21 }, (_, i) => observed(i, i)) },
      '/n/20',
      /BOYA_MAX_INSTANCES/,
    ],
  ])('what is wrong is told with its place, and nothing is stored: %j', async (body, at, detail) => {
    const response = await broker.post(TEMPORAL, body)
    expectProblem(response, 400, 'BadRequestData', detail)
    expect(response.body.at).toBe(at)
    await broker.get(evolutionPath('urn:x:1')).expect(404)
  })
})
