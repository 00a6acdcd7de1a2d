/** Members that stand twice, and names that mean something to the language the broker is written in. */

import { afterEach, describe, expect, it } from 'vitest'
import { API, CONTEXT_LINK } from '../support/broker.ts'
import {
  brokerOfFile,
  entityIn,
  entityPath,
  expectAllOrNothing,
  expectAnswered,
  JSON_BODY,
  LD_BODY,
  send,
} from './client.ts'
import { createTarget, TARGET } from './operations.ts'

const broker = brokerOfFile()
const names = [
  '__proto__',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'toString',
  'valueOf',
  '__defineGetter__',
  'toJSON',
  'then',
]
const ID = 'urn:ngsi-ld:Names:1'
const post = (body: string, headers: Record<string, string> = JSON_BODY) =>
  expectAllOrNothing(broker, { method: 'POST', path: `${API}/entities`, headers, body })

afterEach(async () => {
  await send(broker, { method: 'DELETE', path: entityPath(ID) })
  expect(Object.keys(Object.prototype)).toEqual([])
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
})

describe('a member that stands twice is refused by name', () => {
  it.each([
    ['id', `{"id":"${ID}","id":"urn:x:2","type":"T"}`],
    ['type', `{"id":"${ID}","type":"T","type":"U"}`],
    ['speed', `{"id":"${ID}","type":"T","speed":1,"speed":1.5}`],
    ['value', `{"id":"${ID}","type":"T","speed":{"type":"Property","value":1,"value":2}}`],
    ['a', `{"id":"${ID}","type":"T","speed":{"type":"Property","value":{"deep":[{"a":1,"b":2,"a":3}]}}}`],
    ['speed', `{"id":"${ID}","type":"T","speed":1,"sp\\u0065ed":2}`],
    ['__proto__', `{"id":"${ID}","type":"T","speed":{"value":{"__proto__":1,"__proto__":2}}}`],
    ['@context', `{"id":"${ID}","type":"T","@context":[],"@context":[{}]}`],
  ])('%s', async (name, body) => {
    const { status, text } = await post(body)
    expect(status).toBe(400)
    expect(JSON.parse(text).detail).toMatch(new RegExp(`"${name}" stands twice.*line 1, column \\d+`))
  })

  it.each([
    ['a name and its IRI', `"speed":1,"https://uri.etsi.org/ngsi-ld/default-context/speed":2`],
    ['id and @id that differ', `"@id":"urn:x:2"`],
  ])('%s', async (_, members) => {
    const { status } = await post(`{"id":"${ID}","type":"T",${members}}`)
    expect([201, 400]).toContain(status)
    if (status === 201) expect(await entityIn(broker, ID)).toMatchObject({ id: ID })
  })
})

describe.each(names)('%s', (name) => {
  const legal = /^\p{L}/u.test(name)

  it(`as the name of an Attribute is ${legal ? 'kept' : 'refused with 4.6.2'}`, async () => {
    const answer = await post(
      `{"id":"${ID}","type":"T","${name}":{"type":"Property","value":1,"${name}":{"type":"Property","value":2}}}`,
    )
    expect(answer.status, answer.text).toBe(legal ? 201 : 400)
    if (!legal) return expect(JSON.parse(answer.text).detail).toContain('4.6.2')
    const { status, text } = await send(broker, { path: entityPath(ID) })
    expect(status).toBe(200)
    expect(text).toContain(`"${name}":{"type":"Property","value":1,"${name}":{"type":"Property","value":2}}`)
    const narrowed = await send(broker, { path: `${entityPath(ID)}?pick=id,${name}` })
    expect(narrowed.text).toContain(`"${name}":`)
    const deleted = await send(broker, { method: 'DELETE', path: `${entityPath(ID)}/attrs/${name}` })
    expect(deleted.status, deleted.text).toBe(204)
    expect(await entityIn(broker, ID)).toEqual({ id: ID, type: 'T' })
  })

  it('is not there where it was not sent', async () => {
    await post(`{"id":"${ID}","type":"T"}`)
    for (const [method, body] of [
      ['DELETE', undefined],
      ['PATCH', '{"value":1}'],
      ['PUT', '{"type":"Property","value":1}'],
    ] as const) {
      const path = `${entityPath(ID)}/attrs/${name}`
      const answer = await send(broker, { method, path, ...(body !== undefined && { headers: JSON_BODY, body }) })
      expectAnswered(answer, method)
      expect(answer.status, answer.text).toBe(legal ? 404 : 400)
    }
    const { status } = await send(broker, { path: `${entityPath(ID)}?attrs=${name}` })
    expect(status).toBe(legal ? 404 : 400)
  })

  it('by its whole IRI is shown as it was sent', async () => {
    const iri = `https://uri.etsi.org/ngsi-ld/default-context/${name}`
    const answer = await post(`{"id":"${ID}","type":"${iri}","${iri}":{"type":"Property","value":1}}`)
    expect(answer.status, answer.text).toBe(201)
    const { text } = await send(broker, { path: entityPath(ID) })
    expect(Object.values(JSON.parse(text)), text).toContainEqual({ type: 'Property', value: 1 })
  })

  it('in values is kept as data', async () => {
    const value = `{"${name}":{"polluted":true,"${name}":[1.0e400]},"a":{"${name}":null}}`
    const members = `"p":{"type":"Property","value":${value}},"j":{"type":"JsonProperty","json":${value}},"l":{"type":"ListProperty","valueList":[${value}]}`
    const answer = await post(`{"id":"${ID}","type":"T",${members}}`)
    expect(answer.status, answer.text).toBe(201)
    const { text } = await send(broker, { path: entityPath(ID) })
    expect(text.split(value)).toHaveLength(4)
    const patch = `{"p":{"type":"Property","value":{"${name}":{"more":1}}}}`
    const merged = await send(broker, { method: 'PATCH', path: entityPath(ID), headers: JSON_BODY, body: patch })
    expect(merged.status, merged.text).toBe(204)
    const after = await send(broker, { path: entityPath(ID) })
    expect(after.text).toContain(`{"polluted":true,"${name}":[1.0e400],"more":1}`)
  })

  it('as the name of a type, a scope, a language, a unit, a vocab is kept or refused', async () => {
    for (const members of [
      `"type":"${name}"`,
      `"type":["T","${name}"]`,
      `"type":"T","scope":"/${name}"`,
      `"type":"T","a":{"type":"LanguageProperty","languageMap":{"${name}":"x"}}`,
      `"type":"T","a":{"type":"Property","value":1,"unitCode":"${name}"}`,
      `"type":"T","a":{"type":"VocabProperty","vocab":["${name}"]}`,
      `"type":"T","a":{"type":"${name}","value":1}`,
    ]) {
      const { status } = await post(`{"id":"${ID}",${members}}`)
      if (status !== 201) continue
      expect((await send(broker, { path: entityPath(ID) })).text).toContain(name)
      await send(broker, { method: 'DELETE', path: entityPath(ID) })
    }
    expectAnswered(await send(broker, { path: `${API}/entities?type=${name}` }))
  })

  it('as a tenant is one like any other', async () => {
    const headers = { ...JSON_BODY, 'NGSILD-Tenant': name }
    const missing = await send(broker, { path: entityPath(ID), headers: { 'NGSILD-Tenant': name } })
    expect(missing.status).toBe(404)
    const body = `{"id":"${ID}","type":"T"}`
    const { status } = await send(broker, { method: 'POST', path: `${API}/entities`, headers, body })
    expect(status).toBe(201)
    expect(await entityIn(broker, ID)).toBeUndefined()
  })

  it('as a term of an @context names what it stands for', async () => {
    const context = `{"${name}":"https://example.org/${name}","other":{"@id":"https://example.org/other"}}`
    const body = `{"id":"${ID}","type":"T","https://example.org/${name}":1,"other":2,"@context":${context}}`
    const answer = await post(body, LD_BODY)
    if (name === 'hasOwnProperty') {
      // The one name that the JSON-LD processor cannot take.
      expect(answer.status).toBe(400)
      return expect(JSON.parse(answer.text).detail).toContain('"hasOwnProperty", which cannot be a term')
    }
    expect(answer.status, answer.text).toBe(201)
    const hosted = await send(broker, {
      method: 'POST',
      path: `${API}/jsonldContexts`,
      headers: LD_BODY,
      body: `{"@context":${context}}`,
    })
    expect(hosted.status, hosted.text).toBe(201)
    const Link = CONTEXT_LINK(`${broker.url}${hosted.headers.location}`)
    const { text } = await send(broker, { path: `${entityPath(ID)}?format=simplified`, headers: { Link } })
    expect(
      Object.entries(JSON.parse(text)).map(([key, value]) => `${key}=${value}`),
      text,
    ).toContainEqual(expect.stringMatching(new RegExp(`${name}=1$`)))
  })

  it('as an id, a parameter, or part of a path is answered', async () => {
    await createTarget(broker)
    for (const path of [
      `/${name}`,
      `${API}/${name}`,
      `${API}/entities/${name}`,
      `${API}/jsonldContexts/${name}`,
      `/docs/${name}`,
      `${API}/entities?${name}=1`,
      `${API}/entities?local=true&options=${name}`,
      `${entityPath(TARGET)}?format=${name}`,
    ]) {
      const answer = await send(broker, { path })
      expectAnswered(answer, path)
      expect(answer.status, path).toBeGreaterThanOrEqual(400)
    }
  })
})
