/** Text that is none, and text that people do write. */

import { describe, expect, it } from 'vitest'
import { API } from '../support/broker.ts'
import { brokerOfFile, entityIn, entityPath, expectAllOrNothing, expectAnswered, JSON_BODY, send } from './client.ts'

const broker = brokerOfFile()
let ids = 0
const newId = () => `urn:ngsi-ld:Text:${ids++}`
const post = (body: string | Buffer) =>
  expectAllOrNothing(broker, { method: 'POST', path: `${API}/entities`, headers: JSON_BODY, body })

describe('bytes', () => {
  it.each([
    ['a lone continuation byte', [0x80]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
    ['a cut character', [0xe2, 0x82]],
    ['latin-1', [0xe9]],
  ])('that are no UTF-8 are refused: %s', async (_, bytes) => {
    const [before = '', after = ''] = JSON.stringify({ id: newId(), type: 'T', name: '|' }).split('|')
    const { status, text } = await post(Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]))
    expect(status).toBe(400)
    expect(JSON.parse(text).detail).toContain('UTF-8')
  })

  it.each(['utf16le', 'utf-16be', 'utf-32'])('in %s are refused', async (encoding) => {
    const text = JSON.stringify({ id: newId(), type: 'T' })
    const units =
      encoding === 'utf16le' ? Buffer.from(`\ufeff${text}`, 'utf16le') : Buffer.from(text, 'utf16le').swap16()
    expect((await post(units)).status).toBe(400)
    const headers = { 'Content-Type': `application/json; charset=${encoding}` }
    expectAnswered(await send(broker, { method: 'POST', path: `${API}/entities`, headers, body: text }))
  })

  it('are taken with a byte order mark', async () => {
    const id = newId()
    expect((await post(`\ufeff${JSON.stringify({ id, type: 'T' })}`)).status).toBe(201)
    expect(await entityIn(broker, id)).toEqual({ id, type: 'T' })
  })
})

describe('a string value is kept as it was sent', () => {
  it.each([
    ['NUL', 'a\u0000b'],
    ['NUL alone', '\u0000'],
    ['controls', '\u0001\u001f\u007f\u0085'],
    ['a lone high surrogate', 'a\ud800b'],
    ['a lone low surrogate', '\udc00'],
    ['surrogates the wrong way round', '\udc00\ud800'],
    ['line separators', '\u2028\u2029'],
    ['right-to-left override', 'abc\u202egpj.exe'],
    ['zero width', 'a\u200bb\u200d\ufeff'],
    ['noncharacters', '\ufffe\uffff\u{1ffff}'],
    ['a family', '👨‍👩‍👧‍👦'],
    ['combining marks', `Z${'\u0351'.repeat(1_000)}`],
    ['markup', '<script>alert(1)</script>&amp;'],
    ['SQL', `'; DROP TABLE entity; --`],
    ['a template', '{{7*7}}%s%n'],
    ['a long one', 'ñ'.repeat(500_000)],
  ])('%s', async (_, value) => {
    const id = newId()
    const members = {
      id,
      type: 'T',
      a: { type: 'Property', value },
      b: { type: 'JsonProperty', json: { [value]: value } },
    }
    const answer = await post(JSON.stringify(members))
    expect(answer.status, answer.text).toBe(201)
    const shown = await entityIn(broker, id)
    expect(shown === undefined ? undefined : JSON.stringify(shown) === JSON.stringify(members)).toBe(true)
    await send(broker, { method: 'DELETE', path: entityPath(id) })
  })
})

describe('ids', () => {
  const bad = [
    '',
    ' ',
    'x',
    'urn:',
    'urn: x',
    'urn:x y',
    ' urn:x:1',
    'urn:x:1 ',
    'urn:x:\u200b1',
    'urn:x:\u202e1',
    'urn:x:\u0000',
    'urn:x:\n',
    'urn:x:\ud800',
    'urn:x:\ufeff',
    'urn:x:<a>',
    'urn:x:"',
    'urn:x:\\',
    'urn:x:{}',
    '1rn:x',
    ':x',
    `urn:x:${'y'.repeat(3_000)}`,
  ]
  it.each(bad.map((id) => [JSON.stringify(id).slice(0, 40), id]))('%s is refused', async (_, id) => {
    const { status, text } = await post(JSON.stringify({ id, type: 'T' }))
    expect(status).toBe(400)
    expect(JSON.parse(text).at).toBe('/id')
    for (const member of [{ object: id }, { value: 1, datasetId: id }]) {
      const other = await post(JSON.stringify({ id: newId(), type: 'T', a: member }))
      expect(other.status, other.text).toBe(400)
      expect(JSON.parse(other.text).at).toMatch(/^\/a\//)
    }
  })

  const good = [
    'urn:x:é',
    'urn:x:東京',
    'https://example.org/a?b=c#d',
    'urn:x:a/b//c',
    'urn:x:%00',
    'urn:x:%2F',
    'urn:x:%zz',
    'urn:x:%252F',
    'urn:x:..',
    'urn:x:../..',
    "urn:x:'",
    'urn:x:;a=b',
    'urn:x:+',
    'urn:x:*',
    'urn:x:attrs',
    'urn:x:🚲',
    `urn:x:${'y'.repeat(2_000)}`,
  ]
  it.each(good.map((id) => [id.slice(0, 40), id]))('%s is kept, found, changed and deleted', async (_, id) => {
    const answer = await post(JSON.stringify({ id, type: 'T', a: 1 }))
    expect(answer.status, answer.text).toBe(201)
    expect(await entityIn(broker, id)).toEqual({ id, type: 'T', a: { type: 'Property', value: 1 } })
    const { headers } = answer
    expect((await send(broker, { path: String(headers.location) })).status).toBe(200)
    const patch = await send(broker, {
      method: 'PATCH',
      path: `${entityPath(id)}/attrs/a`,
      headers: JSON_BODY,
      body: '{"value":2}',
    })
    expect(patch.status, patch.text).toBe(204)
    const found = await send(broker, {
      path: `${API}/entities?local=true&id=${encodeURIComponent(id)}&format=simplified`,
    })
    expect(JSON.parse(found.text)).toEqual([{ id, type: 'T', a: 2 }])
    expect((await send(broker, { method: 'DELETE', path: entityPath(id) })).status).toBe(204)
  })
})

describe('names', () => {
  const scripts = [
    'größe',
    'скорость',
    'ταχύτητα',
    'سرعة',
    'מהירות',
    '速度',
    '속도',
    'はやさ',
    'ความเร็ว'.replace(/\p{M}/gu, ''),
    'ความ',
    'ճանապարհ',
    'გზა',
    'መንገድ',
    'ជល',
    'ꦏ',
    'ᏣᎳᎩ',
    '𐌰𐌱',
    'x²',
    'n½',
    'a_b',
    'ℌ',
    'ǅ',
    'naïve'.normalize('NFC'),
  ]
  it.each(scripts)('%s is kept', async (name) => {
    const id = newId()
    const answer = await post(
      JSON.stringify({
        id,
        type: name,
        [name]: { type: 'Property', value: 1, [name]: { type: 'Property', value: 2 } },
      }),
    )
    expect(answer.status, answer.text).toBe(201)
    expect(await entityIn(broker, id)).toHaveProperty([name, name, 'value'], 2)
    const found = await send(broker, {
      path: `${API}/entities?type=${encodeURIComponent(name)}&attrs=${encodeURIComponent(name)}`,
    })
    expect(JSON.parse(found.text), found.text).toMatchObject([{ id, type: name }])
    const deleted = await send(broker, {
      method: 'DELETE',
      path: `${entityPath(id)}/attrs/${encodeURIComponent(name)}`,
    })
    expect(deleted.status, deleted.text).toBe(204)
  })

  const bad = [
    '',
    ' ',
    'a b',
    '🚲',
    'bike🚲',
    'a-b',
    'a.b',
    '1a',
    '_a',
    '²x',
    'a/b',
    'a#b',
    '$a',
    'a:',
    'a\u200bb',
    'a\u202eb',
    'e\u0301',
    'a\u0000',
    'a\ud800',
    '\ufeffa',
    'a(b)',
    '@a',
    'a,b',
    'a;b',
    'a"b',
    "a'b",
    'a%20b',
    `a${'b'.repeat(3_000)}`,
  ]
  it.each(bad.map((name) => [JSON.stringify(name).slice(0, 40), name]))(
    '%s is refused, and told why',
    async (_, name) => {
      for (const members of [
        { type: name },
        { type: 'T', [name]: 1 },
        { type: 'T', a: { type: 'Property', value: 1, [name]: 2 } },
      ]) {
        const { status, text } = await post(JSON.stringify({ id: newId(), ...members }))
        expect(status, JSON.stringify(members)).toBe(400)
        if (!name.startsWith('@') && name.length < 3_000 && !('type' in members && members.type === ''))
          expect(JSON.parse(text).detail).toContain('4.6.2')
      }
    },
  )
})
