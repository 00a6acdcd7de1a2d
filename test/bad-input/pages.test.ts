/** Pages, lists and names of parameters that make no sense. */

import { beforeAll, describe, expect, it } from 'vitest'
import { API, startTestBroker } from '../support/broker.ts'
import { brokerOfFile, entityPath, expectAnswered, JSON_BODY, send } from './client.ts'
import { createTarget, TARGET } from './operations.ts'

const broker = brokerOfFile()
beforeAll(() => createTarget(broker))

describe.each(['limit', 'offset'])('%s', (name) => {
  it.each([
    '-1',
    '-0',
    '1e9',
    '1.5',
    'NaN',
    'Infinity',
    '0x10',
    '',
    ' ',
    '+1',
    '１',
    '1,2',
    'null',
    '[]',
    '9999999999999999999',
    '18446744073709551616',
    '9'.repeat(1_000),
    '%00',
    '1%00',
  ])('%s is answered, and refused where it is no number', async (value) => {
    const answer = await send(broker, {
      path: `${API}/entities?local=true&${name}=${encodeURI(value).replace('%2500', '%00')}`,
    })
    expectAnswered(answer, value)
    if (!/^-?\d+$/.test(value) || value === '-1') {
      expect(answer.status, answer.text).toBe(400)
      expect(JSON.parse(answer.text).at).toBe(name)
    }
  })
})

it.each(['0', '1', '20', '1000000000', '9007199254740991', '9223372036854775807'])(
  'offset=%s beyond the end gives the last (6.3.10)',
  async (offset) => {
    const answer = await send(broker, { path: `${API}/entities?type=Road&offset=${offset}` })
    expectAnswered(answer, offset)
    if (answer.status === 200) expect(JSON.parse(answer.text)).toMatchObject([{ id: TARGET }])
  },
)

describe.each([
  ['type', '('],
  ['type', ')'],
  ['type', '(Road'],
  ['type', 'Road;'],
  ['type', '|'],
  ['type', ','],
  ['type', 'Road||Car'],
  ['type', 'a-b'],
  ['type', ''],
  ['type', '('.repeat(5_000)],
  ['type', `${'('.repeat(2_000)}Road${')'.repeat(2_000)}`],
  ['type', Array(3_000).fill('A').join('|')],
  ['id', 'x'],
  ['id', 'urn:x:1,,'],
  ['id', ''],
  ['id', 'urn:x:%E2%80%8B'],
  ['idPattern', '['],
  ['idPattern', '(a+)+$'],
  ['attrs', 'a-b'],
  ['attrs', ','],
  ['attrs', ''],
  ['pick', '{'],
  ['pick', 'a{b'],
  ['pick', 'a{b{c}}'],
  ['pick', '}'],
  ['pick', ''],
  ['pick', 'a'.repeat(5_000)],
  ['pick', '{'.repeat(3_000)],
  ['omit', ',,'],
  ['omit', 'id'],
  ['omit', 'a}'],
  ['lang', ';;'],
  ['lang', 'q=1'],
  ['lang', '*;q=2'],
  ['lang', ''],
  ['lang', 'x'.repeat(5_000)],
  ['lang', `${'a-'.repeat(4_000)}`],
  ['options', 'wonders'],
  ['options', ''],
  ['options', 'sysAttrs,'],
  ['options', 'keyValues,normalized,concise'],
  ['format', 'xml'],
  ['format', ''],
  ['format', 'normalized,concise'],
  ['count', 'yes'],
  ['count', ''],
  ['count', '1'],
  ['local', 'TRUE'],
  ['datasetId', 'x y'],
  ['datasetId', ''],
  ['datasetId', '@all'],
  ['geometryProperty', 'location'],
  ['geometryProperty', '{}'],
  ['q', '('.repeat(5_000)],
  ['q', 'a=='],
  ['scopeQ', '/#/+'],
  ['georel', 'near'],
  ['coordinates', '[[['],
  ['csf', 'x'],
  ['join', 'flat'],
  ['joinLevel', '-1'],
])('%s=%s', (name, value) => {
  it.each([`${API}/entities`, entityPath(TARGET)])('to %s', async (path) => {
    const started = performance.now()
    const rest = path.endsWith('entities') && name !== 'local' ? '&local=true' : ''
    const answer = await send(broker, { path: `${path}?${name}=${encodeURIComponent(value)}${rest}` })
    expectAnswered(answer, `${name}=${value}`)
    expect(performance.now() - started).toBeLessThan(1_000)
  })
})

describe('many', () => {
  it('thousands of parameters of one name are all looked at, or refused', async () => {
    // Shorter than the longest URI, and more than querystring parsers take by themselves.
    const last = encodeURIComponent(TARGET)
    const ids = `${Array.from({ length: 1_300 }, () => 'id=urn:x:1').join('&')}&id=${last}`
    const sent = { path: `${API}/entities?local=true&${ids}` }
    const refused = await send(broker, sent)
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('1301 names')])
    const wide = await startTestBroker({ MAX_SELECTION: '1301' })
    await send(wide, {
      method: 'POST',
      path: `${API}/entities`,
      headers: JSON_BODY,
      body: JSON.stringify({ id: TARGET, type: 'T' }),
    })
    const { status, text } = await send(wide, sent)
    expect([status, JSON.parse(text)]).toMatchObject([200, [{ id: TARGET }]])
    await wide.close()
  })

  it('a wrong parameter behind a thousand others is refused', async () => {
    const { status } = await send(broker, {
      path: `${API}/entities?local=true&${'id=urn:x:1&'.repeat(1_200)}wonders=1`,
    })
    expect(status).toBe(400)
  })

  it('thousands of parameters of different names are refused', async () => {
    const names = Array.from({ length: 2_500 }, (_, i) => `p${i}`).join('&')
    const answer = await send(broker, { path: `${API}/entities?${names}` })
    expectAnswered(answer)
    expect(answer.status).toBe(400)
  })

  it('a scalar that stands twice is refused', async () => {
    for (const text of [
      'limit=1&limit=2',
      'type=A&type=B',
      'local=true&local=false',
      'format=concise&format=simplified',
    ]) {
      expect((await send(broker, { path: `${API}/entities?${text}` })).status, text).toBe(400)
    }
  })

  it('no parameter makes an operation without it do something else', async () => {
    for (const [method, path, json] of [
      ['DELETE', entityPath(TARGET)],
      ['DELETE', `${API}/entities`],
      ['PATCH', entityPath(TARGET), '{"speed":1}'],
      ['POST', `${API}/entities`, '{"id":"urn:x:1","type":"T"}'],
    ] as const) {
      const sent = { method, path: `${path}?wonders=1`, ...(json !== undefined && { headers: JSON_BODY, body: json }) }
      const answer = await send(broker, sent)
      expect(answer.status, answer.text).toBe(400)
      expect(JSON.parse(answer.text)).toMatchObject({ type: expect.stringContaining('InvalidRequest'), at: 'wonders' })
    }
  })
})
