import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LoadOptions, runLoad } from '../../src/cli/load/run-load.ts'
import { API, startTestBroker, type TestBroker } from '../support/broker.ts'

const folder = mkdtempSync(join(tmpdir(), 'boya-load-csv-'))
let broker: TestBroker

beforeAll(async () => {
  broker = await startTestBroker()
})
afterAll(async () => {
  await broker.close()
  rmSync(folder, { recursive: true })
})

let files = 0

function fileWith(content: string | Buffer): string {
  const path = join(folder, `input-${++files}.csv`)
  writeFileSync(path, content)
  return path
}

async function load(csv: string | Buffer, map: object, given: Partial<LoadOptions> = {}) {
  const output = { write: () => undefined }
  const common = { url: broker.url, tenant: undefined, context: undefined, batch: undefined, folder, output }
  const source = fileWith(csv)
  return runLoad([source], { ...common, mode: 'upsert', csvMap: fileWith(JSON.stringify(map)), ...given })
}

async function get(path: string): Promise<Record<string, unknown>> {
  return (await broker.request.get(`${API}/${path}`)).body
}

function refusedIn(path: string | undefined) {
  const lines = readFileSync(path ?? '', 'utf8')
    .trim()
    .split('\n')
  return lines.map((line) => JSON.parse(line))
}

/** What a page of Markdown has as code. */
function indentedOf(block: string): string {
  return block
    .split('\n')
    .filter((line) => line.startsWith('    '))
    .map((line) => line.slice(4))
    .join('\n')
}

const MAP = {
  id: 'urn:ngsi-ld:Sensor:{station}',
  type: 'Sensor',
  attributes: { level: { column: 'level', as: 'number' } },
}

/** As a spreadsheet in Spain writes it. */
const EXPORT = {
  ...MAP,
  delimiter: ';',
  decimal: ',',
  thousands: '.',
  empty: ['-'],
  observedAt: { template: '{fecha} {hora}', format: 'dd/MM/yyyy HH:mm', zone: 'Europe/Madrid' },
  attributes: {
    level: { column: 'nivel', as: 'number', unitCode: 'MMT' },
    name: { column: 'nombre' },
    location: { as: 'point', longitude: 'lon', latitude: 'lat' },
  },
}

describe('rows become entities', () => {
  it('of an export as it is: a mark at its begin, semicolons, decimal commas, local times', async () => {
    const csv = [
      '\ufeffstation;fecha;hora;nivel;nombre;lon;lat',
      'csv1;15/07/2026;12:30;1.234,50;"Plaza; ""del"" Sol";-3,8;43,46',
      'csv2;15/01/2026;12:30;-;"dos\r\nlíneas";;',
      '',
    ]
    expect(await load(csv.join('\r\n'), EXPORT)).toMatchObject({ created: 2, refused: 0, stoppedBy: undefined })
    const summer = { observedAt: '2026-07-15T10:30:00Z' }
    expect(await get('entities/urn:ngsi-ld:Sensor:csv1')).toEqual({
      id: 'urn:ngsi-ld:Sensor:csv1',
      type: 'Sensor',
      level: { type: 'Property', value: 1234.5, unitCode: 'MMT', ...summer },
      name: { type: 'Property', value: 'Plaza; "del" Sol', ...summer },
      location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [-3.8, 43.46] }, ...summer },
    })
    expect(await get('entities/urn:ngsi-ld:Sensor:csv2')).toEqual({
      id: 'urn:ngsi-ld:Sensor:csv2',
      type: 'Sensor',
      name: { type: 'Property', value: 'dos\r\nlíneas', observedAt: '2026-01-15T11:30:00Z' },
    })
  })

  it('as docs/csv-map.md says', async () => {
    const blocks = readFileSync(resolve(import.meta.dirname, '../../docs/csv-map.md'), 'utf8').split(/\n(?=\S)/)
    const [csv = '', map = '', entity = ''] = blocks.filter((block) => /\n {4}/.test(block)).map(indentedOf)
    expect(await load(csv, JSON.parse(map))).toMatchObject({ created: 1, refused: 0 })
    expect(await get('entities/urn:ngsi-ld:WeatherObserved:S1')).toEqual(JSON.parse(entity))
  })

  it('with all digits, by every mode, and from a file without a header', async () => {
    const map = { ...MAP, columns: ['level', 'station'] }
    const digits = '12345678901234567890.10'
    expect(await load(`${digits},mode`, map, { mode: 'create' })).toMatchObject({ created: 1 })
    const { text } = await broker.request.get(`${API}/entities/urn:ngsi-ld:Sensor:mode`)
    expect(text).toContain(digits)
    expect(await load('8,mode\n9,mode\n', map, { mode: 'update' })).toMatchObject({ updated: 2 })
    expect(await get('entities/urn:ngsi-ld:Sensor:mode')).toMatchObject({ level: { value: 9 } })
  })

  it('in the encoding that the map says', async () => {
    const map = { ...MAP, attributes: { name: { column: 'name' } }, encoding: 'windows-1252' }
    await load(Buffer.from('station,name\nlatin,Península ñ', 'latin1'), map)
    await load(Buffer.from('\ufeffstation,name\nutf16,Península ñ', 'utf16le'), { ...map, encoding: 'utf-16le' })
    for (const id of ['latin', 'utf16'])
      expect(await get(`entities/urn:ngsi-ld:Sensor:${id}`)).toMatchObject({ name: { value: 'Península ñ' } })
  })

  it('and of a file without rows nothing', async () => {
    expect(await load('', MAP)).toMatchObject({ created: 0, refused: 0, stoppedBy: undefined })
    expect(await load('station,level\n', MAP)).toMatchObject({ created: 0, refused: 0, stoppedBy: undefined })
  })
})

describe('rows become a history', () => {
  it('in which each stands where its time says, however they are ordered', async () => {
    const map = { ...MAP, observedAt: { column: 'time', format: 'seconds' } }
    const times = [5, 3, 1, 4, 2].map((n) => 1_767_225_600 + n)
    const rows = times.flatMap((time, i) => [`h1,${time},${i}`, `h2,${time},`, `h3,${time},${i}`])
    const csv = ['station,time,level', ...rows].join('\n')
    expect(await load(csv, map, { mode: 'history' })).toMatchObject({ created: 3, instances: 10, refused: 0 })
    expect(await load(csv, map, { mode: 'history' })).toMatchObject({ created: 0, instances: 10, refused: 0 })
    const history = await get('temporal/entities/urn:ngsi-ld:Sensor:h1?format=temporalValues')
    expect(history.level).toMatchObject({
      values: expect.toSatisfy((pairs: [number, string][]) => {
        const sorted = pairs.toSorted(([, a], [, b]) => a.localeCompare(b))
        return sorted.map(([value]) => value).join() === '2,4,1,3,0'
      }),
    })
  })

  it('that has to say when', async () => {
    await expect(load('station,level\n1,1', MAP, { mode: 'history' })).rejects.toThrow(/"observedAt" is missing/)
    const map = { ...MAP, observedAt: 'time' }
    const result = await load('station,level,time\ntimeless,1,\n', map, { mode: 'history' })
    expect(refusedIn(result.refusedPath)).toMatchObject([{ problem: { detail: expect.stringMatching(/no time/) } }])
  })
})

describe('a row that cannot be read', () => {
  it('is refused with its line and the reason, and costs no other anything', async () => {
    const csv = [
      'station,level,name',
      'bad1,1,"over',
      'two lines"',
      'bad2,abc,x',
      '',
      'bad3,1',
      ',1,x',
      'bad4,1,"x" y',
      'bad5,4,\xff',
      'bad6,1,"x,y",z',
      'bad7,7,x',
    ]
    const result = await load(Buffer.from(csv.join('\n'), 'latin1'), MAP)
    expect(result).toMatchObject({ created: 3, refused: 5 })
    expect(refusedIn(result.refusedPath).map(({ line, entity, problem }) => [line, entity, problem.detail])).toEqual([
      [4, 'bad2,abc,x', 'column "level": "abc" is no number'],
      [6, 'bad3,1', 'it has 2 cells, and there are 3 columns'],
      [7, ',1,x', 'a cell that the id is made of is empty'],
      [9, 'bad5,4,\ufffd', expect.stringMatching(/not UTF-8; say "encoding"/)],
      [10, 'bad6,1,"x,y",z', 'it has 4 cells, and there are 3 columns'],
    ])
  })

  it('by the broker is shown as the entity that was made of it', async () => {
    const result = await load('station,level\nbroker,1\n', { ...MAP, type: 'no type' })
    expect(refusedIn(result.refusedPath)).toMatchObject([
      { line: 2, entity: { id: 'urn:ngsi-ld:Sensor:broker', level: { value: 1 } }, problem: { status: 400 } },
    ])
  })

  it('to its end stops the load, and what was read before is stored', async () => {
    const result = await load('station,level\nopen,1\nx,"2\nopen2,3\n', MAP)
    expect(result).toMatchObject({
      created: 1,
      stoppedBy: { message: expect.stringMatching(/\.csv: line 3: .*a quote in it is not closed/) },
    })
  })
})

describe('what cannot be done', () => {
  it('is a file without the columns that the map names', async () => {
    const result = await load('station,Level_mm\n1,1\n', MAP)
    expect(result.stoppedBy?.message).toMatch(
      /\.csv: \/attributes\/level\/column: there is no column "level"; the file has "station", "Level_mm"/,
    )
  })
  it('is a map that is wrong, before anything is sent', async () => {
    await expect(load('a,b\n', { ...MAP, id: 1 })).rejects.toThrow(/--csv-map .*: \/id: expected string, found 1/)
    await expect(load('a,b\n', MAP, { csvMap: '/nowhere.json' })).rejects.toThrow(/--csv-map \/nowhere.json cannot be/)
  })
  it('is a file that is compressed', async () => {
    expect((await load(gzipSync('station,level\n'), MAP)).stoppedBy?.message).toMatch(/compressed; .*gunzip/)
  })
  it('is CSV without a map', async () => {
    const result = await load('station,level\n1,1\n', MAP, { csvMap: undefined })
    expect(result.stoppedBy?.message).toMatch(/neither JSON nor NDJSON.*--csv-map/)
  })
})
