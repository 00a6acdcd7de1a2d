import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import {
  choicesOf,
  choicesOfSummarized,
  columnsOfPeriods,
  columnsOfValues,
  countsOf,
  extentsOf,
  periodsOf,
  timedValues,
} from '../../explorer/history-answers.js'
import { warningIn } from '../../explorer/history-broker.js'
import {
  aggregatesPath,
  contextsPath,
  countsPath,
  evolutionsPath,
  extentPath,
  lastInstancesPath,
  lastValuesPath,
  MOST_POINTS,
  MOST_ROWS,
  stepFor,
  summarizedPath,
  typesPath,
  valuesPath,
} from '../../explorer/history-queries.js'
import { CONTEXT_LINK } from '../support/broker.ts'
import { brokerForFile, expectProblem } from './client.ts'
import { evolve, minute, observed } from './temporal.ts'

const broker = brokerForFile()
const santander = (name: string) => readFileSync(new URL(`../../examples/santander/${name}`, import.meta.url), 'utf8')
const NONE = { count: 0, from: 0, until: 0 }
const named = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name]) => name ?? '')

/** Names of the files that the page needs, and those that these need. */
async function filesOf(): Promise<readonly string[]> {
  const { text } = await broker.root('get', '/history')
  const files = new Set(named(text, /(?:src|href)="(\/history\/[^"]+)"/g))
  for (const file of files) {
    const { text: script } = await broker.root('get', file).buffer(true)
    for (const name of named(script, /from '\.\/([^']+)'/g)) files.add(`/history/${name}`)
  }
  return [...files]
}

describe('the page /history', () => {
  it('has all of its files from Boya, each as what it is', async () => {
    const files = await filesOf()
    expect(files.length).toBeGreaterThan(9)
    for (const file of files) {
      const { status, headers } = await broker.root('get', file)
      expect([file, status]).toEqual([file, 200])
      expect(headers['content-type']).toMatch(file.endsWith('.css') ? /^text\/css/ : /^text\/javascript/)
      expect(headers['x-content-type-options']).toBe('nosniff')
    }
  })

  it('does nothing that its policy forbids: all scripts and styles are files of this origin', async () => {
    const { text, headers } = await broker.root('get', '/history').expect(200)
    expect(headers['content-type']).toMatch(/^text\/html/)
    expect(headers['content-security-policy']).toBe("default-src 'self'")
    expect(text).not.toMatch(/<script(?![^>]* src="\/)|<style|\sstyle=|\son\w+=|javascript:/)
    expect(text).not.toMatch(/(?:src|href|action)="(?!\/(?!\/))/)
    expect(text).not.toMatch(/https?:/)
  })

  it('names nothing elsewhere but what a Link header is about', async () => {
    for (const file of (await filesOf()).filter((name) => !name.includes('uPlot'))) {
      const { text } = await broker.root('get', file).buffer(true)
      expect([file, named(text, /(https?:\/\/[^"'`\s]+)/g)]).toEqual([
        file,
        named(text, /rel="(http:\/\/www\.w3\.org\/ns\/json-ld#context)"/g),
      ])
      expect(text).not.toMatch(/@import ["']|\burl\(/)
    }
  })

  it('has a label for each field, and a table beside the chart', async () => {
    const { text } = await broker.root('get', '/history')
    const fields = named(text, /<(?:input|select) id="([^"]+)"/g)
    expect(fields.length).toBeGreaterThan(6)
    expect(named(text, /<label for="([^"]+)"/g)).toEqual(fields)
    expect(text).toMatch(/role="alert"/)
    expect(text).toMatch(/<table/)
  })

  it.each(['/history/nothing.js', '/history/history.html', '/history/..%2Fpackage.json', '/history/constructor'])(
    'nothing else is served under /history: %s',
    async (path) => {
      expectProblem(await broker.root('get', path), 404, 'ResourceNotFound')
    },
  )

  it('is found from /', async () => {
    expect((await broker.root('get', '/')).text).toContain('href="/history"')
  })
})

describe('what the page asks of the winter of a bicycle station', () => {
  const station = { id: 'urn:ngsi-ld:BikeHireDockingStation:santander:1', timeProperty: 'observedAt' }
  const bikes = { ...station, attribute: 'availableBikeNumber' }
  let link: { readonly Link: string }
  beforeAll(async () => {
    const { headers } = await broker.post('/jsonldContexts', JSON.parse(santander('context.jsonld'))).expect(201)
    link = { Link: CONTEXT_LINK(new URL(headers.location ?? '', broker.url()).href) }
    for (const line of santander('bike-stations-history.ndjson').trimEnd().split('\n'))
      await broker.post('/temporal/entities', JSON.parse(line), link).expect(201)
  })
  const ask = async (path: string) => {
    const { status, body, text } = await broker.root('get', path, link)
    expect([path, status, status === 200 ? '' : text]).toEqual([path, 200, ''])
    return body
  }

  it('is answered: types and hosted @contexts', async () => {
    expect(await ask(typesPath())).toMatchObject({ type: 'EntityTypeList', typeList: [] })
    expect(await ask(contextsPath())).toHaveLength(1)
  })

  it('is answered: entities of a type that have a history', async () => {
    const of = { type: 'BikeHireDockingStation', timeProperty: 'observedAt' }
    const found = await ask(evolutionsPath(of))
    expect(found).toHaveLength(17)
    expect(found[0]).toEqual({ id: station.id })
    expect(await ask(evolutionsPath({ ...of, timeProperty: 'createdAt' }))).toHaveLength(17)
  })

  it('is answered: Attributes, the numeric ones first', async () => {
    const choices = choicesOf(await ask(lastInstancesPath(station)), 'observedAt')
    expect(choices).toEqual([
      { attribute: 'availableBikeNumber', isNumeric: true, unit: '', lastAt: Date.UTC(2022, 3, 5, 9, 25, 26) },
      { attribute: 'name', isNumeric: false, unit: '', lastAt: Date.UTC(2021, 10, 15, 22, 3, 18) },
    ])
    const times = { ...station, timeProperty: 'modifiedAt' }
    const [byChange] = choicesOf(await ask(lastInstancesPath(times)), 'modifiedAt')
    expect(byChange?.lastAt).toBeGreaterThan(Date.UTC(2026, 0))
  })

  it('is answered: how much there is, then each day of it', async () => {
    const [extent = NONE] = extentsOf(await ask(extentPath(bikes)))
    expect(extent).toEqual({
      datasetId: '@none',
      count: 616,
      from: Date.UTC(2021, 10, 15, 22, 3, 18),
      until: Date.UTC(2022, 3, 5, 9, 25, 26) + 1,
    })
    expect(extent.count).toBeGreaterThan(MOST_POINTS)
    const step = stepFor(extent.until - extent.from)
    expect(step.duration).toBe('P1D')
    const periods = periodsOf(await ask(aggregatesPath({ ...bikes, ...extent }, step)))
    expect(periods[0]).toEqual({
      begin: '2021-11-15T00:00:00Z',
      end: '2021-11-16T00:00:00Z',
      avg: 16,
      min: 16,
      max: 16,
    })
    const columns = columnsOfPeriods(periods)
    expect(columns.map(({ length }) => length)).toEqual(columns.map(() => columns[0].length))
    expect(columns[0].length).toBeLessThan(MOST_POINTS)
    expect(columns[0]).toEqual(columns[0].toSorted((a, b) => a - b))
    // There are days without a value.
    expect(columns[1]?.filter((average) => average === null).length).toBeGreaterThan(0)
  })

  it('is answered: each value of some days', async () => {
    const some = { ...bikes, from: Date.UTC(2021, 10, 16), until: Date.UTC(2021, 10, 17) }
    expect(extentsOf(await ask(extentPath(some)))).toMatchObject([{ count: 5 }])
    const [times, values] = columnsOfValues(timedValues(await ask(valuesPath(some))))
    expect(values).toEqual([16, 14, 12, 18, 18])
    expect(times[0]).toBe(Date.UTC(2021, 10, 16, 3, 14, 28) / 1_000)
  })

  it('is answered: the last values of what is no number', async () => {
    const values = timedValues(await ask(lastValuesPath({ ...station, attribute: 'name' })))
    expect(values).toEqual([['001_JARDINES DE PEREDA', '2021-11-15T22:03:18Z']])
    expect(timedValues(await ask(lastValuesPath(bikes)))).toHaveLength(MOST_ROWS)
  })

  it('is answered without the @context, by IRIs', async () => {
    const { body } = await broker.root('get', lastInstancesPath(station)).expect(200)
    const [{ attribute = '' } = {}] = choicesOf(body, 'observedAt')
    expect(attribute).toMatch(/^https:.*availableBikeNumber$/)
    const { body: values } = await broker.root('get', valuesPath({ ...bikes, attribute })).expect(200)
    expect(timedValues(values)).toHaveLength(616)
  })

  it('is answered with system times', async () => {
    const byArrival = { ...bikes, timeProperty: 'createdAt' }
    const [extent = NONE] = extentsOf(await ask(extentPath(byArrival)))
    expect(extent.count).toBe(616)
    const step = stepFor(extent.until - extent.from)
    expect(periodsOf(await ask(aggregatesPath({ ...byArrival, ...extent }, step))).length).toBeGreaterThan(0)
  })
})

describe('what the page makes of answers', () => {
  const shownOf = async (path: string) => (await broker.root('get', path).expect(200)).body

  it('takes datasets apart, and units along', async () => {
    const upper = { datasetId: 'urn:x:upper' }
    const id = await evolve(broker, {
      level: [observed(1, 0), observed(5, 1, upper), observed(2, 2, { unitCode: 'MTR' })],
    })
    const [choice] = choicesOf(await shownOf(lastInstancesPath({ id, timeProperty: 'observedAt' })), 'observedAt')
    expect(choice).toMatchObject({ attribute: 'level', unit: 'MTR', lastAt: Date.parse(minute(2)) })
    const series = { id, attribute: 'level', timeProperty: 'observedAt' }
    const extents = extentsOf(await shownOf(extentPath(series)))
    expect(extents).toMatchObject([
      { datasetId: '@none', count: 2, from: Date.parse(minute(0)) },
      { datasetId: 'urn:x:upper', count: 1, from: Date.parse(minute(0)) },
    ])
    const valuesOf = async (datasetId: string) =>
      timedValues(await shownOf(valuesPath({ ...series, datasetId }))).map(([value]) => value)
    expect(await Promise.all(extents.map(({ datasetId }) => valuesOf(datasetId)))).toEqual([[1, 2], [5]])
  })

  it('draws yes and no as 1 and 0, and nothing where there is no number', async () => {
    const id = await evolve(broker, { open: [observed(true, 0), observed('broken', 1), observed(false, 2)] })
    const series = { id, attribute: 'open', timeProperty: 'observedAt' }
    expect(columnsOfValues(timedValues(await shownOf(valuesPath(series))))[1]).toEqual([1, null, 0])
  })

  it('shows objects of Relationships', async () => {
    const id = await evolve(broker, { at: [{ type: 'Relationship', object: 'urn:x:1', observedAt: minute(0) }] })
    const [choice] = choicesOf(await shownOf(lastInstancesPath({ id, timeProperty: 'observedAt' })), 'observedAt')
    expect(choice).toMatchObject({ attribute: 'at', isNumeric: false })
    const answer = await shownOf(lastValuesPath({ id, attribute: 'at', timeProperty: 'observedAt' }))
    expect(timedValues(answer)).toEqual([['urn:x:1', minute(0)]])
  })
})

describe('what is not kept any more', () => {
  const summarizing = brokerForFile({
    HISTORY_RETENTION: '[{"type":"Sensor","raw":"P30D","summaries":{"every":"PT1H"}}]',
    HISTORY_SCHEDULE: '* * * * * *',
  })
  const shown = async (path: string) => {
    const { headers, body, status } = await summarizing.root('get', path)
    return { status, body, warning: warningIn(headers['ngsild-warning'] ?? '') }
  }
  const recently = new Date().toISOString()
  const old = {
    n: Array.from({ length: 12 }, (_, i) => observed(i, i * 10)),
    t: [observed('x', 0), observed('y', 1), observed('x', 70)],
  }
  const settled = async (id: string) => {
    const last = lastValuesPath({ id, attribute: 'n', timeProperty: 'observedAt' })
    await vi.waitFor(async () => expect((await shown(last)).status).toBe(404), { timeout: 10_000, interval: 100 })
  }

  it('is proposed, drawn and said to be summarized', async () => {
    const id = await evolve(summarizing, old)
    await settled(id)
    const of = { id, timeProperty: 'observedAt' }
    expect((await shown(evolutionsPath({ ...of, type: 'Sensor' }))).body).toContainEqual({ id })
    expect(await shown(lastInstancesPath(of))).toMatchObject({
      status: 404,
      body: {
        detail: expect.stringMatching(/has only summaries left of what was asked for; see format=aggregatedValues/),
      },
    })
    const choices = choicesOfSummarized((await shown(summarizedPath(of, []))).body)
    expect(choices).toEqual([
      { attribute: 'n', isNumeric: true, unit: '', lastAt: Date.parse(minute(120)) },
      { attribute: 't', isNumeric: false, unit: '', lastAt: Date.parse(minute(120)) },
    ])
    const extents = await shown(extentPath({ ...of, attribute: 'n' }))
    expect(extents.warning).toMatch(/^some of the aggregates are of summaries, .* not kept any more$/)
    const [extent = NONE] = extentsOf(extents.body)
    expect(extent).toMatchObject({ count: 12, from: Date.parse(minute(0)) })
    const step = stepFor(extent.until - extent.from)
    const { body, warning } = await shown(aggregatesPath({ ...of, attribute: 'n', ...extent }, step))
    expect(warning).not.toBe('')
    expect(periodsOf(body)).toMatchObject([
      { begin: minute(0), avg: 2.5, min: 0, max: 5 },
      { begin: minute(60), avg: 8.5, min: 6, max: 11 },
    ])
  })

  it('is counted where it has no numbers', async () => {
    const id = await evolve(summarizing, old)
    await settled(id)
    const series = { id, attribute: 't', timeProperty: 'observedAt', from: Date.parse(minute(0)), until: Date.now() }
    const hour = stepFor(300 * 3_600_000)
    expect(hour.duration).toBe('PT1H')
    expect(countsOf((await shown(countsPath(series, hour))).body)).toEqual([
      { begin: minute(0), end: minute(60), total: 2, distinct: 2 },
      { begin: minute(60), end: minute(120), total: 1, distinct: 1 },
    ])
  })

  it('stands beside what is kept', async () => {
    const now = { type: 'Property', value: 100, observedAt: recently }
    const id = await evolve(summarizing, { ...old, m: now })
    await settled(id)
    const of = { id, timeProperty: 'observedAt' }
    const choices = choicesOf((await shown(lastInstancesPath(of))).body, 'observedAt')
    expect(choices.map(({ attribute }) => attribute)).toEqual(['m'])
    const others = choicesOfSummarized((await shown(summarizedPath(of, ['m']))).body)
    expect(others.map(({ attribute }) => attribute)).toEqual(['n', 't'])
    expect((await shown(summarizedPath(of, ['m', 'n', 't']))).status).toBe(404)
  })
})

describe('the periods of a chart', () => {
  const DAY = 86_400_000
  it.each([
    [0, 'PT1S'],
    [3_600_000, 'PT10S'],
    [DAY, 'PT10M'],
    [7 * DAY, 'PT1H'],
    [30 * DAY, 'PT6H'],
    [365 * DAY, 'P1D'],
    [5 * 365 * DAY, 'P7D'],
    [20 * 365 * DAY, 'P1M'],
    [200 * 365 * DAY, 'P1Y'],
  ])('are so long that there are some hundreds: %s ms', (ms, duration) => {
    expect(stepFor(ms).duration).toBe(duration)
  })

  it.each([
    ['PT10M', '2026-02-12T10:20:00Z'],
    ['PT6H', '2026-02-12T06:00:00Z'],
    ['P1D', '2026-02-12T00:00:00Z'],
    ['P7D', '2026-02-09T00:00:00Z'],
    ['P1M', '2026-02-01T00:00:00Z'],
    ['P1Y', '2026-01-01T00:00:00Z'],
  ])('begin as the calendar has it: %s', (duration, begin) => {
    const lengths = Array.from({ length: 400 }, (_, i) => stepFor(1.1 ** i * 1_000))
    const step = lengths.find((each) => each.duration === duration)
    expect(step?.begin(Date.parse('2026-02-12T10:23:45Z'))).toBe(Date.parse(begin))
  })
})
