import { describe, expect, it } from 'vitest'
import { createLogger, type LogSettings } from './logger.ts'

async function logged(
  settings: Partial<LogSettings>,
  isTTY: boolean,
  fields: object,
  message: string,
): Promise<string> {
  let written = ''
  const output = {
    isTTY,
    write: (text: string) => {
      written += text
    },
  }
  const log = await createLogger({ level: 'info', format: 'auto', ...settings }, output)
  log.debug({}, 'too quiet')
  log.info(fields, message)
  return written
}

describe('the log', () => {
  it('is a JSON object a line', async () => {
    const line = await logged({}, false, { url: 'http://127.0.0.1' }, 'ready')
    expect(JSON.parse(line)).toEqual({
      level: 'info',
      time: expect.stringMatching(/Z$/),
      url: 'http://127.0.0.1',
      msg: 'ready',
    })
    expect(line.endsWith('}\n')).toBe(true)
  })
  it('is for people on a terminal, or where it is asked to be', async () => {
    const settings = { format: 'pretty' } as const
    const fields = { url: 'http://127.0.0.1', attempts: 3 }
    expect(await logged(settings, false, fields, 'ready on http://127.0.0.1')).toMatch(
      /^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: ready on http:\/\/127\.0\.0\.1 \{"attempts":3\}\n$/,
    )
    expect(await logged({}, true, {}, 'ready')).toContain('ready')
    expect(await logged({ format: 'json' }, true, {}, 'ready')).toMatch(/^\{.*\}\n$/)
  })
  it.each(['json', 'pretty'] as const)('tells where an error came from (%s)', async (format) => {
    const error = new Error('broken', { cause: new Error('below') })
    const line = await logged({ format }, false, { error }, 'failed')
    expect(line).toMatch(/broken.*logger\.test\.ts.*below/s)
  })
  it.each([
    { headers: { authorization: 'Bearer geheim.abc.def', accept: 'x' } },
    { request: { deep: { headers: { Cookie: 'session="geheim"' } } } },
    { store: 'mongodb://boya:geheim@db.example.org/boya' },
    { error: new Error('cannot connect to https://boya:geheim@example.org/x') },
    { note: 'sent Authorization: Bearer geheim123456' },
  ])('keeps secrets: %j', async (fields) => {
    for (const format of ['json', 'pretty'] as const) {
      const line = await logged({ format }, false, fields, 'something')
      expect(line).not.toContain('geheim')
      expect(line).toContain('[hidden]')
    }
  })
  it('takes no longer for a long text than it is long', async () => {
    const started = performance.now()
    await logged({}, false, { note: 'a'.repeat(500_000) }, 'something')
    expect(performance.now() - started).toBeLessThan(5000)
  })
  it('keeps what is no secret', async () => {
    const url = 'http://127.0.0.1:1026/ngsi-ld/v1/entities?type=a:b@c'
    expect(JSON.parse(await logged({}, false, { url, id: 'urn:ngsi-ld:Bench:a@b' }, 'asked'))).toMatchObject({
      url,
      id: 'urn:ngsi-ld:Bench:a@b',
    })
  })
})
