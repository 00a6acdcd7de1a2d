import { describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, type Document, expectProblem, newId, START } from './client.ts'
import { minute, observed, TEMPORAL } from './temporal.ts'

const broker = brokerForFile({}, testClock(START))

let types = 0
/** Three of a type of their own; the last one begins later. */
async function three() {
  const type = `T${++types}`
  const ids = [newId(), newId(), newId()]
  const attributes: Document[] = [
    { n: [observed(1, 0), observed(50, 10)], scope: [observed('/a', 0)] },
    { n: [observed(30, 10)], m: [observed('x', 10)] },
    { n: [observed(99, 100)] },
  ]
  for (const [i, id] of ids.entries()) await broker.post(TEMPORAL, { id, type, ...attributes[i] }).expect(201)
  return { type, ids }
}

const always = `timerel=after&timeAt=${minute(0)}`

describe('5.7.4 Query Temporal Evolution of Entities', () => {
  it.each([
    [`timerel=before&timeAt=${minute(50)}`, [0, 1]],
    [always, [0, 1, 2]],
    [`${always}&attrs=m`, [1]],
    [`${always}&pick=id,m`, [1]],
    [`${always}&q=n>40`, [0, 2]],
    [`timerel=before&timeAt=${minute(10)}&q=n>40`, []],
    [`${always}&q=n>20;m=="x"`, [1]],
    [`${always}&scopeQ=/a`, [0]],
    [`${always}&local=true&orderBy=id;desc`, [2, 1, 0]],
    [`${always}&limit=1&offset=1`, [1]],
    ['timerel=after&timeAt=2026-06-01T00:00:00Z&timeproperty=createdAt', [0, 1, 2]],
  ])('selects by %s', async (query, found) => {
    const { type, ids } = await three()
    const { body } = await broker.get(`${TEMPORAL}?type=${type}&${query}`).expect(200)
    expect(body.map(({ id }: { id: string }) => id)).toEqual(found.map((i) => ids[i]))
  })

  it('C.5.16: attrs names the scope, too', async () => {
    const { type, ids } = await three()
    const { body } = await broker.get(`${TEMPORAL}?type=${type}&${always}&attrs=n,scope`).expect(200)
    expect(body[0]).toMatchObject({ id: ids[0], n: [{ value: 1 }, { value: 50 }], scope: [{ value: '/a' }] })
  })

  it('6.3.13, 6.3.10: counts, and links to the next page', async () => {
    const { type } = await three()
    const { headers, body } = await broker.get(`${TEMPORAL}?type=${type}&${always}&limit=2&count=true`).expect(200)
    expect(body).toHaveLength(2)
    expect(headers['ngsild-results-count']).toBe('3')
    expect(headers.link).toMatch(/<\/ngsi-ld\/v1\/temporal\/entities\?[^>]*offset=2[^>]*>; rel="next"/)
  })

  it('6.24.3.1: the same by POST, also aggregated (5.2.44)', async () => {
    const { type, ids } = await three()
    const temporalQ = { timerel: 'after', timeAt: minute(0) }
    const asked = { type: 'Query', entities: [{ type }], temporalQ, q: 'n>40' }
    const posted = await broker.post('/temporal/entityOperations/query', asked).expect(200)
    const got = await broker.get(`${TEMPORAL}?type=${type}&${always}&q=n>40`).expect(200)
    expect(posted.body).toEqual(got.body)
    const aggrParams = { aggrMethods: ['max'], aggrPeriodDuration: 'PT5M' }
    const { body } = await broker.post('/temporal/entityOperations/query', { ...asked, aggrParams }).expect(200)
    expect(body[0]).toMatchObject({
      id: ids[0],
      n: {
        max: [
          [1, minute(0), minute(5)],
          [50, minute(10), minute(15)],
        ],
      },
    })
    const wrong = await broker.post('/temporal/entityOperations/query', {
      ...asked,
      temporalQ: { ...temporalQ, timerel: 'between' },
    })
    expectProblem(wrong, 400, 'BadRequestData')
    expect(wrong.body.at).toBe('/temporalQ/endTimeAt')
  })

  it.each([
    ['type=T', 'timerel'],
    [always, undefined],
    [`type=T&${always}&orderBy=type`, 'orderBy'],
    [`type=T&${always}&q=n{m}>1`, 'q'],
    [`type=T&${always}&id=nothing`, 'id'],
  ])('refuses %s', async (query, at) => {
    const response = await broker.get(`${TEMPORAL}?${query}`)
    expectProblem(response, 400, 'BadRequestData')
    expect(response.body.at).toBe(at)
    // What it advises has to be something that can be done here.
    expect(response.body.detail).not.toMatch(/join/)
  })
})
