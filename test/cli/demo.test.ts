import { execFile, spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chartAddress, demoCommands, fillIn, receiverCommand, subscribeCommand } from '../../src/cli/demo-commands.ts'
import { type Demo, startDemo } from '../../src/cli/start-demo.ts'
import { type InstalledBoya, installBoya } from './installed-boya.ts'

/** What each of the commands has to answer, in their order. */
const expected: readonly RegExp[] = [
  /"status":"occupied"/,
  /NGSILD-Results-Count: 459.*"PublicTransportStop".*"name":/is,
  /"type":"Feature".*"geometry":\{"type":"Point","coordinates":\[-3.855558,43.457649\]\}/s,
  /"availableBikeNumber":\{"type":"Property","avg":\[\[16,"2021-11-15T00:00:00Z","2021-11-16T00:00:00Z"\],.*"max":/,
  /^HTTP\/1.1 204/,
  /^HTTP\/1.1 201.*Location: \/ngsi-ld\/v1\/entities\/urn:ngsi-ld:ParkingSpot:santander:new1/is,
]

interface Shown {
  readonly notification: { readonly timesFailed?: number }
}

const hasCurl = spawnSync('curl', ['--version']).status === 0

/** As a shell would do it; where there is no curl, by fetch with what the command says. */
async function execute(command: string): Promise<string> {
  if (hasCurl) return (await promisify(execFile)('sh', ['-c', command.replace(/^curl/, 'curl -sS')])).stdout
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
  const after = (flag: string) => words.flatMap((word, i) => (words[i - 1] === flag ? [word] : []))
  const headers = after('-H').map((header): [string, string] => {
    const [name = '', value = ''] = header.split(/: (.*)/s)
    return [name, value]
  })
  const [body] = after('--data')
  const method = after('-X')[0] ?? 'GET'
  const response = await fetch(words.at(-1) ?? '', { method, headers, ...(body !== undefined && { body }) })
  const lines = [...response.headers].map(([name, value]) => `${name}: ${value}\n`)
  const head = `HTTP/1.1 ${response.status}\n${lines.join('')}\n`
  return `${words.includes('-i') ? head : ''}${await response.text()}`
}

describe('the commands of the demo', () => {
  let demo: Demo
  beforeAll(async () => {
    demo = await startDemo({ BOYA_PORT: '0' })
  })
  afterAll(() => demo.close())

  it('are on all of its data', () => expect(demo.loaded).toBe(459 + 44 + 324 + 482))
  it('are six', () => expect(demoCommands).toHaveLength(expected.length))
  it('are of a winter, too, which a page draws', async () => {
    expect(demo.stations).toBe(17)
    const address = new URL(chartAddress(demo.url, demo.context))
    expect((await fetch(address)).status).toBe(200)
    const [id, context] = [address.searchParams.get('id'), address.searchParams.get('context')]
    const headers = { Link: `<${context}>; rel="http://www.w3.org/ns/json-ld#context"` }
    const evolution = await fetch(`${demo.url}/ngsi-ld/v1/temporal/entities/${id}?lastN=1`, { headers })
    expect(await evolution.json()).toMatchObject({
      type: address.searchParams.get('type'),
      [address.searchParams.get('attribute') ?? '']: [{ value: 19 }],
    })
  })
  it.each(demoCommands.map((each, i) => ({ ...each, pattern: expected[i] ?? /$^/ })))('$title', async (each) => {
    expect(await execute(fillIn(each, demo.url, demo.context))).toMatch(each.pattern)
  })
})

describe('boya demo', () => {
  let boya: InstalledBoya
  beforeAll(() => {
    boya = installBoya()
  })
  afterAll(() => boya.remove())

  const stores = () => readdirSync(boya.folder).filter((name) => name.startsWith('boya-demo-'))

  it('takes another port where its own is taken, also where BOYA_PORT is set to nothing', async () => {
    const other = createServer().on('error', () => undefined)
    // Where something else has the port already, it is as well taken.
    await new Promise((done) => other.once('error', done).listen(1026, '127.0.0.1', () => done(undefined)))
    const running = boya.start(['demo'], { TMPDIR: boya.folder, BOYA_PORT: '' })
    await running.until(/Ctrl-C ends/)
    running.signal('SIGINT')
    expect((await running.ended).code).toBe(0)
    other.close()
  })

  it('says which settings are wrong, ends with 78 and leaves nothing behind', async () => {
    const { code, stderr } = await boya.start(['demo'], { TMPDIR: boya.folder, BOYA_MAX_BATCH: '0' }).ended
    expect([code, stderr]).toEqual([78, expect.stringMatching(/^ {2}BOYA_MAX_BATCH: /m)])
    expect(stores()).toEqual([])
  })

  it('prints the commands, and leaves nothing behind', async () => {
    const running = boya.start(['demo'], { TMPDIR: boya.folder, BOYA_PORT: '0' })
    const output = await running.until(/Ctrl-C ends/)
    for (const { title } of demoCommands) expect(output).toContain(title)
    expect(output.match(/^curl /gm)).toHaveLength(demoCommands.length + 1)
    expect(output).toContain(receiverCommand)
    expect(output).toContain('CC BY 4.0')
    expect(output).toMatch(/as a chart: http:\S+\/history\?/)
    expect(stores()).toHaveLength(1)
    running.signal('SIGINT')
    expect((await running.ended).code).toBe(0)
    expect(stores()).toEqual([])
  })

  it('ends at once and says what it did, also where nobody takes what is owed', async () => {
    const running = boya.start(['demo', '--speed', '1000'], { TMPDIR: boya.folder, BOYA_PORT: '0' })
    const output = await running.until(/Ctrl-C ends/)
    const [command = ''] = output.match(/^curl .*Subscription.*$/m) ?? []
    // Nobody listens there.
    expect(await execute(command.replace(':9999/', ':1/'))).toMatch(/^HTTP\/1.1 201/)
    const [, api = ''] = /'(http\S+)\/subscriptions'$/.exec(command) ?? []
    const failed = async () => {
      const response = await fetch(`${api}/subscriptions/urn:ngsi-ld:Subscription:buses`)
      return ((await response.json()) as Shown).notification.timesFailed ?? 0
    }
    await expect.poll(failed).toBeGreaterThan(0)
    const asked = performance.now()
    running.signal('SIGINT')
    const { code, stdout } = await running.ended
    expect([code, performance.now() - asked < 3_000]).toEqual([0, true])
    expect(stdout).toMatch(
      /^[1-9]\d* positions of buses sent, 0 notifications to 1 subscription, \d+ failed attempts?$/m,
    )
    expect(stores()).toEqual([])
  })

  it('lets the buses stand where it is asked to', async () => {
    const running = boya.start(['demo', '--no-replay'], { TMPDIR: boya.folder, BOYA_PORT: '0' })
    const output = await running.until(/Ctrl-C ends/)
    expect(output).not.toContain(subscribeCommand.title)
    const [, url = ''] = /(http:\S+)\/docs/.exec(output) ?? []
    expect(
      await (
        await fetch(`${url}/ngsi-ld/v1/entities?type=https://smartdatamodels.org/dataModel.Transportation/Vehicle`)
      ).json(),
    ).toEqual([])
    running.signal('SIGINT')
    expect(await running.ended).toMatchObject({ code: 0, stdout: expect.not.stringContaining('positions of buses') })
  })

  it.each(['0', '-1', 'fast', 'Infinity'])('knows no speed %s', async (speed) => {
    expect(await boya.start(['demo', '--speed', speed]).ended).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('a number above 0'),
    })
  })
})
