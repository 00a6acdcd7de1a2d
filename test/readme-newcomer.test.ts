import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fillIn, receiverCommand, subscribeCommand } from '../src/cli/demo-commands.ts'
import { type InstalledBoya, installBoya } from './cli/installed-boya.ts'
import { type Terminal, type } from './support/terminal.ts'

const section = readFileSync(new URL('../docs/first-notifications.md', import.meta.url), 'utf8')
/** What is to be typed, in its order: all that is indented. */
const typed = [...section.matchAll(/(?:^ {4}.+\n)+/gm)].map(([block]) => block.replaceAll(/^ {4}/gm, ''))
const [start = '', receive = '', subscribe = '', look = '', filter = '', end = ''] = typed

const hasCurl = spawnSync('curl', ['--version']).status === 0

async function freePort(): Promise<string> {
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  await new Promise((closed) => server.close(closed))
  return String(typeof address === 'object' && address?.port)
}

describe.skipIf(!hasCurl)('the first notifications of a newcomer', () => {
  let boya: InstalledBoya
  let demo: Terminal
  let receiver: Terminal
  let at: (command: string) => string
  beforeAll(async () => {
    boya = installBoya()
    const [broker, other] = [await freePort(), await freePort()]
    // The ports of the page may be taken on this machine.
    at = (command) => command.replaceAll('1026', broker).replaceAll('9999', other)
    // Ctrl-C is for what is typed, not for the shell.
    demo = type(`exec ${start}`, boya.folder, { BOYA_PORT: broker, TMPDIR: boya.folder })
    await demo.until(/Ctrl-C ends/)
    receiver = type(`exec ${at(receive)}`, boya.folder)
  })
  afterAll(async () => {
    await receiver.interrupt()
    await demo.interrupt()
    boya.remove()
  })
  /** In the third terminal, where the variables of the subscription are. */
  const third = async (command: string) => {
    const [context = '', link = ''] = subscribe.split('\n')
    const terminal = type(at(`${context}\n${link}\n${command.replaceAll('curl', 'curl -sS')}`), boya.folder)
    expect(await terminal.ended, terminal.output()).toBe(0)
    return terminal.output()
  }
  const shown = async () => JSON.parse(await third(look)).notification

  it('are six commands', () => expect(typed).toHaveLength(6))

  it('are what the demo prints', () => {
    expect(section).toContain(receiverCommand)
    const filled = fillIn(subscribeCommand, 'http://127.0.0.1:1026', 'CONTEXT')
    expect(section).toContain(filled.replace(/-H 'Link: <CONTEXT>; [^']*'/, '-H "$LINK"'))
    expect(demo.output()).toContain(receiverCommand)
    expect(demo.output()).toContain(subscribeCommand.title)
  })

  it('come when the subscription is made', async () => {
    expect(await third(subscribe.split('\n').slice(2).join('\n'))).toMatch(/^HTTP\/1.1 201/)
    await receiver.until(/"type":"Notification"/)
    const [line = ''] = receiver.output().split('\n')
    expect(JSON.parse(line)).toMatchObject({
      subscriptionId: 'urn:ngsi-ld:Subscription:buses',
      data: [{ id: expect.stringMatching(/^urn:ngsi-ld:Vehicle:/), type: 'Vehicle', location: { type: 'Point' } }],
    })
  })

  it('are counted in the subscription', async () => {
    await receiver.until(/(?:"type":"Notification"[\s\S]*){3}/)
    const { timesSent, ...rest } = await shown()
    expect(timesSent).toBeGreaterThan(1)
    expect(rest).toMatchObject({ status: 'ok', lastSuccess: expect.any(String) })
  })

  it('come after the receiver was away', async () => {
    await receiver.interrupt()
    await expect.poll(async () => (await shown()).status, { timeout: 10_000 }).toBe('failed')
    const { timesSent } = await shown()
    receiver = type(`exec ${at(receive)}`, boya.folder)
    await receiver.until(/"type":"Notification"/)
    expect((await shown()).timesSent).toBeGreaterThan(timesSent)
  })

  it('can be fewer', async () => {
    expect(await third(filter)).toMatch(/^HTTP\/1.1 204/)
    expect(JSON.parse(await third(look)).q).toBe('speed>30')
  })

  it('end when they are not wanted any more', async () => {
    expect(await third(end)).toMatch(/^HTTP\/1.1 204/)
    expect(JSON.parse(await third(look)).status).toBe(404)
  })

  it('leave nothing behind', async () => {
    expect(await demo.interrupt()).toBe(0)
    expect(demo.output()).toMatch(/^[1-9]\d* positions of buses sent, nobody is subscribed/m)
    expect(readdirSync(boya.folder).filter((name) => name.startsWith('boya-demo-'))).toEqual([])
  })
})
