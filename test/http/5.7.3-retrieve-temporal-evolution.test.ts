import { describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, CORE, expectProblem, newId, START } from './client.ts'
import { evolutionOf, evolutionPath, evolve, minute, observed, valuesOf } from './temporal.ts'

const clock = testClock(START)
const broker = brokerForFile({ TEMPORAL_INSTANCES: '10', TEMPORAL_PERIODS: '12' }, clock)
const four = { n: [observed(1, 0), observed(2, 10), observed(3, 20), observed(4, 30)] }

describe('5.7.3 Retrieve Temporal Evolution of an Entity', () => {
  it('5.5.6: TooManyResults for an aggregation of more periods than the broker gives', async () => {
    const id = await evolve(broker, { n: Array.from({ length: 13 }, (_, i) => observed(i, i)) })
    const path = `${evolutionPath(id)}?format=aggregatedValues&aggrMethods=max&aggrPeriodDuration=`
    expectProblem(await broker.get(`${path}PT1M`), 403, 'TooManyResults', /BOYA_TEMPORAL_PERIODS/)
    const { body } = await broker.get(`${path}PT2M`).expect(200)
    expect(body.n.max).toHaveLength(7)
  })

  it.each([
    [`timerel=before&timeAt=${minute(20)}`, [1, 2]],
    [`timerel=after&timeAt=${minute(20)}`, [3, 4]],
    [`timerel=between&timeAt=${minute(10)}&endTimeAt=${minute(30)}`, [2, 3]],
    [`timerel=between&timeAt=${minute(10)}&endTimeAt=${minute(30)}&lastN=1`, [3]],
    ['lastN=2', [4, 3]],
    ['timeproperty=createdAt', [1, 2, 3, 4]],
    [`timerel=after&timeAt=${minute(0)}&timeproperty=createdAt`, [1, 2, 3, 4]],
  ])('4.11: %s', async (query, values) => {
    const id = await evolve(broker, four)
    expect(await valuesOf(broker, id, 'n', query)).toEqual(values)
  })

  it.each([
    ['timerel=before', 'timeAt'],
    [`timeAt=${minute(0)}`, 'timeAt'],
    [`timerel=between&timeAt=${minute(0)}`, 'endTimeAt'],
    [`timerel=between&timeAt=${minute(1)}&endTimeAt=${minute(0)}`, 'endTimeAt'],
    [`timerel=after&timeAt=${minute(0)}&endTimeAt=${minute(1)}`, 'endTimeAt'],
    ['timerel=after&timeAt=2026-01-01', 'timeAt'],
    ['timeproperty=expiresAt', 'timeproperty'],
    ['lastN=0', 'lastN'],
    ['pick=n{m}', 'pick'],
    ['pick=n&omit=n', 'omit'],
    ['attrs=n&pick=n', 'attrs'],
    ['format=aggregatedValues', 'aggrMethods'],
    ['format=aggregatedValues&aggrMethods=mean', 'aggrMethods'],
    ['format=aggregatedValues&aggrMethods=avg&aggrPeriodDuration=1h', 'aggrPeriodDuration'],
  ])('refuses %s', async (query, at) => {
    const id = await evolve(broker, four)
    const response = await broker.get(`${evolutionPath(id)}?${query}`)
    expect([400]).toContain(response.status)
    expect(response.body.at).toBe(at)
  })

  it('5.7.3.4: ResourceNotFound where there is none, or nothing of it in the time, or of the Attributes', async () => {
    const id = await evolve(broker, four)
    for (const path of [
      newId(),
      `${id}?timerel=after&timeAt=${minute(31)}`,
      `${id}?timeproperty=deletedAt`,
      `${id}?attrs=unknown`,
      `${id}?lastN=1&attrs=m`,
    ])
      expectProblem(await broker.get(`/temporal/entities/${path}`), 404, 'ResourceNotFound')
  })

  it('5.7.3.4: says whether it is for the time or for the Attributes that nothing is found', async () => {
    const id = await evolve(broker, { ...four, old: [{ type: 'Property', value: 1 }] })
    const other = 'https://uri.etsi.org/ngsi-ld/default-context/other'
    for (const [query, detail] of [
      ['attrs=other', new RegExp(`has no Attribute ${other}; see attrs, pick and the @context`)],
      [`pick=other&timerel=after&timeAt=${minute(0)}`, /has no Attribute \S+other;/],
      [
        `attrs=other,n&timerel=after&timeAt=${minute(31)}`,
        /in the time that was asked for, and no Attribute \S+other;/,
      ],
      [`attrs=n&timerel=after&timeAt=${minute(31)}`, /in the time that was asked for; see attrs, datasetId/],
      ['attrs=old&lastN=1', /has nothing with observedAt of the Attributes in the time/],
      ['attrs=other&format=aggregatedValues&aggrMethods=max', /has no Attribute/],
      ['attrs=a,b,c,d,e,f,g', /\/e and 2 more; see/],
    ] as const)
      expectProblem(await broker.get(`${evolutionPath(id)}?${query}`), 404, 'ResourceNotFound', detail)
  })

  it('4.21, 4.5.5: pick, omit and datasetId', async () => {
    const id = await evolve(broker, {
      n: [observed(1, 0), observed(2, 1, { datasetId: 'urn:d:1' })],
      m: observed(3, 0),
    })
    expect(Object.keys(await evolutionOf(broker, id, 'pick=n,id'))).toEqual(['id', 'n'])
    expect(Object.keys(await evolutionOf(broker, id, 'omit=n,type'))).toEqual(['id', 'm'])
    expect(Object.keys(await evolutionOf(broker, id, 'pick=id,type'))).toEqual(['id', 'type'])
    expect(await valuesOf(broker, id, 'n', 'datasetId=urn:d:1')).toEqual([2])
    expect(await valuesOf(broker, id, 'n', 'datasetId=@none')).toEqual([1])
  })

  it('4.5.9: the simplified representation, of each type and dataset', async () => {
    const id = await evolve(broker, {
      n: [observed(1, 0), observed(2, 1), observed(9, 1, { datasetId: 'urn:d:1' })],
      r: [{ type: 'Relationship', object: ['urn:a:1', 'urn:a:2'], observedAt: minute(0) }],
      says: [{ type: 'LanguageProperty', languageMap: { en: 'yes', es: 'sí' }, observedAt: minute(0) }],
      v: [{ type: 'VocabProperty', vocab: 'Male', observedAt: minute(0) }],
      j: [{ type: 'JsonProperty', json: { a: 1 }, observedAt: minute(0) }],
      l: [{ type: 'ListProperty', valueList: [1, 2], observedAt: minute(0) }],
    })
    expect(await evolutionOf(broker, id, 'format=temporalValues')).toEqual({
      ...{ id, type: 'Sensor' },
      n: [
        {
          type: 'Property',
          values: [
            [1, minute(0)],
            [2, minute(1)],
          ],
        },
        { type: 'Property', datasetId: 'urn:d:1', values: [[9, minute(1)]] },
      ],
      r: { type: 'Relationship', objects: [[['urn:a:1', 'urn:a:2'], minute(0)]] },
      says: { type: 'LanguageProperty', languageMaps: [[{ languageMap: { en: 'yes', es: 'sí' } }, minute(0)]] },
      v: { type: 'VocabProperty', vocabs: [[{ vocab: 'Male' }, minute(0)]] },
      j: { type: 'JsonProperty', jsons: [[{ json: { a: 1 } }, minute(0)]] },
      l: { type: 'ListProperty', valueLists: [[[1, 2], minute(0)]] },
    })
    expect((await evolutionOf(broker, id, 'options=temporalValues&lang=es')).says).toEqual({
      type: 'Property',
      values: [['sí', minute(0)]],
    })
  })

  it('4.5.19: the aggregated representation', async () => {
    const id = await evolve(broker, {
      ...four,
      r: [{ type: 'Relationship', object: 'urn:a:1', observedAt: minute(5) }],
      t: [observed('b', 0), observed('a', 1)],
    })
    const query = `format=aggregatedValues&timerel=after&timeAt=${minute(0)}`
    expect(await evolutionOf(broker, id, `${query}&aggrMethods=avg,max&aggrPeriodDuration=PT20M`)).toEqual({
      ...{ id, type: 'Sensor' },
      n: {
        type: 'Property',
        avg: [
          [1.5, minute(0), minute(20)],
          [3.5, minute(20), minute(40)],
        ],
        max: [
          [2, minute(0), minute(20)],
          [4, minute(20), minute(40)],
        ],
      },
      // "one member per aggregation method requested"
      r: { type: 'Relationship', avg: [], max: [] },
      t: { type: 'Property', avg: [], max: [['b', minute(0), minute(20)]] },
    })
    const whole = await evolutionOf(broker, id, `${query}&aggrMethods=totalCount,distinctCount&attrs=n,r`)
    const [from, until] = [minute(0), '2026-01-01T00:30:00.000001Z']
    expect(whole).toMatchObject({
      n: { totalCount: [[4, from, until]] },
      r: { type: 'Relationship', distinctCount: [[1, from, until]] },
    })
    expectProblem(
      await broker.get(`${evolutionPath(id)}?${query}&aggrMethods=avg&attrs=t`),
      400,
      'InvalidRequest',
      /not defined/,
    )
  })

  it('6.3.11: sysAttrs shows when instances came and were changed, and the entity deleted', async () => {
    const id = newId()
    await broker.create({ id, type: 'Sensor', n: 1 })
    clock.advance(1_000)
    await broker.delete(`/entities/${id}`).expect(204)
    const evolution = await evolutionOf(broker, id, 'options=sysAttrs')
    const at = new Date(clock.now()).toISOString()
    expect(evolution).toMatchObject({ deletedAt: at, modifiedAt: at })
    expect(evolution.n?.[1]).toMatchObject({ value: 'urn:ngsi-ld:null', deletedAt: at, createdAt: at, modifiedAt: at })
    expect(Object.keys(await evolutionOf(broker, id))).toEqual(['id', 'type', 'n'])
  })

  it('6.3.6: with the @context of the request, in the body of application/ld+json', async () => {
    const id = await evolve(broker, four)
    const { body, headers } = await broker.get(`${evolutionPath(id)}?lastN=1`, { Accept: 'application/ld+json' })
    expect(headers['content-type']).toMatch(/^application\/ld\+json/)
    expect(body['@context']).toEqual(CORE)
  })

  it('6.3.10: 206 where there is more than fits, and a Link that leads on, until all has been told once', async () => {
    const many = Array.from({ length: 23 }, (_, i) => observed(i, i))
    const id = await evolve(broker, {
      n: many,
      late: [observed('x', 22)],
      untimed: [{ type: 'Property', value: 'now' }],
    })
    const told: unknown[] = []
    let path = evolutionPath(id)
    const ranges: string[] = []
    for (let pages = 0; pages < 10; pages++) {
      const { status, headers, body } = await broker.get(path)
      told.push(
        ...['n', 'late', 'untimed'].flatMap((name) => (body[name] ?? []).map((each: { value: unknown }) => each.value)),
      )
      if (pages === 0) expect(body).toMatchObject({ late: [], untimed: [] })
      if (status === 200) break
      expect(status).toBe(206)
      ranges.push(headers['content-range'] ?? '')
      path = (/<\/ngsi-ld\/v1([^>]*)>; rel="next"/.exec(headers.link ?? '') ?? [])[1] ?? ''
    }
    expect(told).toEqual([...many.map(({ value }) => value), 'x', 'now'])
    expect(ranges[0]).toBe(`date-time ${minute(0)}-${minute(9)}/*`)
  })

  it('6.3.10: with lastN backwards', async () => {
    const id = await evolve(broker, { n: Array.from({ length: 15 }, (_, i) => observed(i, i)) })
    const first = await broker.get(`${evolutionPath(id)}?lastN=12`)
    expect(first.status).toBe(206)
    expect(first.headers['content-range']).toBe(`date-time ${minute(14)}-${minute(5)}/12`)
    const path = (/<\/ngsi-ld\/v1([^>]*)>; rel="next"/.exec(first.headers.link ?? '') ?? [])[1] ?? ''
    const rest = await broker.get(path).expect(200)
    expect([...first.body.n, ...rest.body.n].map(({ value }) => value)).toEqual([
      14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3,
    ])
  })
})
