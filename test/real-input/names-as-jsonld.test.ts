/**
 * The names of real documents end to end: what a JSON-LD processor that knows nothing of NGSI-LD makes of a document
 * under its own @context, and what it makes of the broker's answer under none but the core's, have the same IRIs.
 */

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import jsonld from 'jsonld'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestBroker } from '../support/broker.ts'
import { type Client, clientOf, entityPath, LD_JSON } from './client.ts'
import {
  models,
  type Published,
  publishedContexts,
  publishedDocuments,
  reason,
  refused,
  startWith,
} from './published.ts'

type Json = null | boolean | number | string | Json[] | Node
interface Node {
  [member: string]: Json
}

const CORE_URL = /^https:\/\/uri\.etsi\.org\/ngsi-ld\/v1\/ngsi-ld-core-context/
const core = readCore()
const documents = publishedDocuments().filter(({ name }) => !refused.has(name))

/** Not protected, so that it can come last as 4.4 wants it; the scope of ngsildproof refers to another document. */
function readCore(): Node {
  const file = resolve(import.meta.dirname, '../../contexts/ngsi-ld-core-context-v1.9.jsonld')
  const { '@protected': _, ngsildproof, ...terms } = JSON.parse(readFileSync(file, 'utf8'))['@context']
  return { ...terms, ngsildproof: { '@id': ngsildproof['@id'] } }
}

async function expand(document: Node, contexts: ReadonlyMap<string, string>): Promise<Node> {
  const documentLoader = async (url: string) => {
    const file = contexts.get(url)
    if (file === undefined && !CORE_URL.test(url)) throw new Error(`${url} is no @context of the published documents`)
    const loaded = file === undefined ? { '@context': core } : JSON.parse(readFileSync(file, 'utf8'))
    return { contextUrl: undefined, documentUrl: url, document: loaded }
  }
  // 4.4: "implementations shall consider the Core @context as if it were in the last position of the @context array".
  const context = [document['@context'], core].flat()
  const [node] = await jsonld.expand({ ...document, '@context': context } as object, { documentLoader, base: '' })
  return node as unknown as Node
}

const ATTRIBUTE = /^https:\/\/uri\.etsi\.org\/ngsi-ld\/(?:\w*Property|\w*Relationship)$/

/** Types and names of the node, of its Attributes, and of theirs; values are left out: they keep their names. */
function namesOf(node: Node, path = ''): string[] {
  const types = [node['@type'] ?? []].flat().map((type) => `${path} a ${String(type)}`)
  const members = Object.keys(node).filter((name) => !name.startsWith('@'))
  const inner = members.flatMap((name) =>
    [node[name] ?? []].flat().flatMap((value) => (isAttribute(value) ? namesOf(value, `${path} ${name}`) : [])),
  )
  return [...types, ...members.map((name) => `${path} ${name}`), ...inner]
}

function isAttribute(value: Json): value is Node {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return [value['@type'] ?? []].flat().some((type) => ATTRIBUTE.test(String(type)))
}

describe.skipIf(models === undefined)(`names of published documents${reason}`, () => {
  let broker: TestBroker
  let client: Client
  let contexts: ReadonlyMap<string, string>

  beforeAll(async () => {
    contexts = publishedContexts(publishedDocuments())
    broker = await startWith(contexts)
    client = clientOf(broker.url)
  })
  afterAll(() => broker.close())

  it('are many', () => {
    expect(documents.length).toBeGreaterThan(100)
  })

  it.each(documents)('$name has the IRIs that JSON-LD gives it', async ({ text, form }: Published) => {
    const document: Node = JSON.parse(text)
    const posted = await client.send('POST', '/entities', text, LD_JSON)
    expect(posted.status, posted.text).toBe(201)
    const query = form === 'normalized' ? '' : '?format=simplified'
    const path = entityPath(String(document.id))
    const answer = await client.get(`${path}${query}`, undefined, 'application/ld+json')
    const names = new Set(namesOf(await expand(document, contexts)))
    expect(new Set(namesOf(await expand(JSON.parse(answer.text), contexts)))).toEqual(names)
    expect(names.size).toBeGreaterThan(2)
    expect((await client.delete(path)).status).toBe(204)
  })
})
