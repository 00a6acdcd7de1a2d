import type { Response } from 'supertest'
import { describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, type Document, expectProblem, newId, START } from './client.ts'
import { evolutionPath, minute, observed, TEMPORAL } from './temporal.ts'

const broker = brokerForFile({ TEMPORAL_INSTANCES: '10' }, testClock(START))

const always = `timerel=after&timeAt=${minute(0)}`
const QUERY = '/temporal/entityOperations/query'

/** So many values from `first` on, one a minute from `begin` on. */
function series(first: number, count: number, begin: number): readonly Document[] {
  return Array.from({ length: count }, (_, i) => observed(first + i, begin + i))
}

let types = 0
/** Of a type of their own, each with these Attributes. */
async function evolveAll(...all: readonly Document[]) {
  const type = `P${++types}`
  const ids = all.map(() => newId())
  for (const [i, id] of ids.entries()) await broker.post(TEMPORAL, { id, type, ...all[i] }).expect(201)
  return { type, ids }
}

function nextOf({ headers }: Response): string | undefined {
  return /<\/ngsi-ld\/v1([^>]*)>; rel="next"/.exec(headers.link ?? '')?.[1]
}

/** All answers, from this one on along the links. */
async function answersFrom(path: string, ask = (to: string) => broker.get(to)): Promise<readonly Response[]> {
  const answers: Response[] = []
  for (let to: string | undefined = path; to !== undefined; to = nextOf(answers.at(-1) as Response)) {
    if (answers.length === 20) throw new Error(`there is no end of answers: ${to}`)
    answers.push(await ask(to))
  }
  expect(answers.slice(0, -1).every(({ status }) => status === 206 || status === 200)).toBe(true)
  return answers
}

/** What all of them have told: for each entity the values of each Attribute, in the order in which they came. */
function toldBy(answers: readonly Response[]): Document {
  const told: Record<string, Record<string, unknown[]>> = {}
  for (const { id, type: _, ...attributes } of answers.flatMap(({ body }) => body)) {
    for (const [name, instances] of Object.entries(attributes)) {
      told[id] ??= {}
      const values = (instances as readonly Document[]).map(({ value }) => value)
      told[id][name] = [...(told[id][name] ?? []), ...values]
    }
  }
  return told
}

describe('6.3.10: what does not fit into one answer is told in parts, all of it once', () => {
  it('with lastN, of Attributes that have more and less of it', async () => {
    const { ids } = await evolveAll({ n: series(0, 30, 0), early: series(100, 8, 0), late: series(200, 3, 40) })
    const answers = await answersFrom(`${evolutionPath(ids[0] ?? '')}?lastN=12`)
    expect(answers.map(({ status }) => status)).toEqual([206, 206, 200])
    expect(Object.values(toldBy(answers))).toEqual([
      {
        n: Array.from({ length: 12 }, (_, i) => 29 - i),
        early: Array.from({ length: 8 }, (_, i) => 107 - i),
        late: [202, 201, 200],
      },
    ])
    expect(answers[1]?.headers['content-range']).toMatch(new RegExp(`^date-time ${minute(23)}-.*/12$`))
  })

  const three = [{ n: series(0, 4, 0) }, { n: series(200, 12, 20) }, { n: series(100, 4, 10) }]
  const whole = [[0, 1, 2, 3], Array.from({ length: 12 }, (_, i) => 200 + i), [100, 101, 102, 103]]

  it('of pages of entities, of which some have nothing more after the cut', async () => {
    const { type, ids } = await evolveAll(...three)
    const answers = await answersFrom(`${TEMPORAL}?type=${type}&${always}&limit=2`)
    expect(toldBy(answers)).toEqual(Object.fromEntries(ids.map((id, i) => [id, { n: whole[i] }])))
    expect(answers.map(({ status }) => status)).toEqual([206, 200, 200])
    // What has been told of to the end is not in the rest.
    expect(answers[1]?.body).toHaveLength(1)
    expect(answers[2]?.headers.link).toMatch(/rel="prev"/)
  })

  it('of entities that a query selects by what was before the cut', async () => {
    const { type, ids } = await evolveAll({ n: series(0, 25, 0) })
    const answers = await answersFrom(`${TEMPORAL}?type=${type}&${always}&q=n==3`)
    expect(toldBy(answers)).toEqual({ [ids[0] ?? '']: { n: Array.from({ length: 25 }, (_, i) => i) } })
  })

  it('where the question is in a body', async () => {
    const { type, ids } = await evolveAll(...three)
    const asked = { type: 'Query', entities: [{ type }], temporalQ: { timerel: 'after', timeAt: minute(0) } }
    const answers = await answersFrom(`${QUERY}?limit=2`, (to) => broker.post(to, asked))
    expect(toldBy(answers)).toEqual(Object.fromEntries(ids.map((id, i) => [id, { n: whole[i] }])))
  })

  it('and the scope that was valid before stands in one of them', async () => {
    const { type, ids } = await evolveAll({ n: series(0, 15, 10), scope: [observed('/a', 0)] })
    const query = `${TEMPORAL}?type=${type}&timerel=after&timeAt=${minute(5)}&scopeQ=/a`
    for (const answers of [await answersFrom(query), await answersFrom(`${query}&lastN=100`)]) {
      expect(answers).toHaveLength(2)
      expect(toldBy(answers)[ids[0] ?? '']).toMatchObject({ scope: ['/a'] })
    }
  })

  it('shows that nothing is left of an entity whose rest is gone', async () => {
    const { ids } = await evolveAll({ n: series(0, 12, 0) })
    const path = evolutionPath(ids[0] ?? '')
    const first = await broker.get(`${path}?timeproperty=observedAt`).expect(206)
    for (const { instanceId } of (await broker.get(nextOf(first) ?? '').expect(200)).body.n)
      await broker.delete(`${path}/attrs/n/${encodeURIComponent(instanceId)}`).expect(204)
    const { body } = await broker.get(nextOf(first) ?? '').expect(200)
    expect(Object.keys(body)).toEqual(['id', 'type'])
  })

  it('not where no instance is asked for', async () => {
    const { ids } = await evolveAll({ n: series(0, 15, 0) })
    const { body } = await broker.get(`${evolutionPath(ids[0] ?? '')}?pick=id,type`).expect(200)
    expect(Object.keys(body)).toEqual(['id', 'type'])
  })

  it('counts only entities that are shown', async () => {
    const { type } = await evolveAll({ n: series(0, 6, 0) }, { n: series(0, 6, 0) })
    const { body, headers } = await broker.get(`${TEMPORAL}?type=${type}&${always}&limit=1`).expect(200)
    expect(body).toHaveLength(1)
    expect(headers.link).toMatch(/offset=1.*rel="next"/)
  })

  it.each([
    ['beyond=yesterday', 'beyond'],
    [`beyond=${minute(0)}&format=aggregatedValues&aggrMethods=avg`, 'beyond'],
  ])('refuses %s', async (query, at) => {
    const { type } = await evolveAll({ n: series(0, 6, 0) })
    const response = await broker.get(`${TEMPORAL}?type=${type}&${always}&${query}`)
    expectProblem(response, 400, 'BadRequestData')
    expect(response.body.at).toBe(at)
  })
})
