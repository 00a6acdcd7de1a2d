/**
 * What the Smart Data Models programme publishes for cities: each document is stored and comes back as it was, or it
 * breaks a clause and is refused with the place; smart-data-models-refused.tsv says which and why.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestBroker } from '../support/broker.ts'
import { type Client, clientOf, entityPath, jsonUnder, LD_JSON } from './client.ts'
import { parseDocument, simplified, without } from './documents.ts'
import {
  models,
  type Published,
  publishedContexts,
  publishedDocuments,
  reason,
  refused,
  startWith,
} from './published.ts'
import { summaryOf } from './summary.ts'

const documents = publishedDocuments()

describe.skipIf(models === undefined)(`published data models${reason}`, () => {
  let broker: TestBroker
  let client: Client

  beforeAll(async () => {
    broker = await startWith(publishedContexts(documents))
    client = clientOf(broker.url)
  })
  afterAll(async () => {
    await broker.close()
    console.info(`\nSmart Data Models\n${summaryOf(documents, refused)}`)
  })

  it('are there, all that are known to be refused among them', () => {
    expect(documents.length).toBeGreaterThan(150)
    expect([...refused.keys()].filter((name) => !documents.some((document) => document.name === name))).toEqual([])
  })

  it.each(documents.filter(({ name }) => !refused.has(name)))('$name is kept as it is', async (document) => {
    const posted = await client.send('POST', '/entities', document.text, LD_JSON)
    expect(posted.status, posted.text).toBe(201)
    if (document.form === 'normalized') await isNormalizedAsSent(document)
    else await isConciseAsSent(document)
    expect((await client.delete(entityPath(idOf(document)))).status).toBe(204)
  })

  it.each(documents.filter(({ name }) => refused.has(name)))('$name is refused', async ({ name, text }) => {
    const answer = await client.send('POST', '/entities', text, LD_JSON)
    expect(answer.status, 'if it is right now, take it out of smart-data-models-refused.tsv').toBe(400)
    const { type, detail, at } = JSON.parse(answer.text)
    expect(type).toBe('https://uri.etsi.org/ngsi-ld/errors/BadRequestData')
    const place = refused.get(name)?.at ?? ''
    if (place === '/@context') expect(detail).toContain('@context')
    else expect([at, detail]).toEqual([place, expect.stringMatching(/^\/.+: ./)])
  })

  /** The document's own @context, hosted: it may be an array, and a Link header has one URL. */
  const ownContext = ({ text }: Published) => client.host(JSON.parse(text)['@context'])
  const idOf = ({ text }: Published): string => JSON.parse(text).id

  async function shown(document: Published, link: string, query = '') {
    const answer = await client.get(entityPath(idOf(document), query), link)
    expect(answer.status, answer.text).toBe(200)
    return answer.text
  }

  async function put(document: Published, link: string, text: string): Promise<void> {
    const answer = await client.send('PUT', entityPath(idOf(document)), text, jsonUnder(link))
    expect(answer.status, `${answer.text} ${text}`).toBe(204)
  }

  async function isNormalizedAsSent(document: Published): Promise<void> {
    const sent = without(parseDocument(document.text), '@context')
    const link = await ownContext(document)
    expect(parseDocument(await shown(document, link))).toStrictEqual(sent)
    expect(parseDocument(await shown(document, link, '?format=simplified'))).toStrictEqual(simplified(sent))
    await put(document, link, await shown(document, link, '?format=concise'))
    expect(parseDocument(await shown(document, link))).toStrictEqual(sent)
  }

  /** 4.5.2.3: without sub-attributes "the concise representation is equivalent to simplified representation". */
  async function isConciseAsSent(document: Published): Promise<void> {
    const sent = without(parseDocument(document.text), '@context')
    const link = await ownContext(document)
    expect(parseDocument(await shown(document, link, '?format=simplified'))).toStrictEqual(sent)
    expect(parseDocument(await shown(document, link, '?format=concise'))).toStrictEqual(sent)
    const normalized = await shown(document, link)
    expect(simplified(parseDocument(normalized))).toStrictEqual(sent)
    await put(document, link, normalized)
    expect(parseDocument(await shown(document, link, '?format=concise'))).toStrictEqual(sent)
  }
})
