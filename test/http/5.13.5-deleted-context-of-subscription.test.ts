/** A hosted @context that is deleted while Subscriptions have it: 5.13.5.4 removes it, 5.8.6 goes on using it. */

import { expect, it } from 'vitest'
import { CONTEXT_LINK } from '../support/broker.ts'
import { brokerForFile, type Document } from './client.ts'
import { receiverForFile } from './receiver.ts'
import { subscribe } from './subscribed.ts'

const broker = brokerForFile()
const receiver = receiverForFile()
let made = 0

async function added(context: unknown): Promise<{ readonly url: string; readonly path: string }> {
  const { headers } = await broker.post('/jsonldContexts', { '@context': context }).expect(201)
  const location = String(headers.location)
  return { url: broker.url() + location, path: `/jsonldContexts/${location.split('/').at(-1)}` }
}

/** A subscription to a type of its own, with a term of its own for its Attribute. */
async function subscribed(names: (context: { readonly url: string }) => Promise<string>, accept = 'application/json') {
  const n = ++made
  const [type, term, iri] = [`Type${n}`, `tempo${n}`, `urn:A:tempo${n}`]
  const context = await added({ [type]: `urn:T:${n}`, [term]: iri })
  const jsonldContext = await names(context)
  const notification = { endpoint: { uri: receiver.uri(), accept } }
  const id = await subscribe(broker, { entities: [{ type: `urn:T:${n}` }], jsonldContext, notification })
  const change = (i: number) =>
    broker.create({ id: `urn:x:${n}:${i}`, type: `urn:T:${n}`, [iri]: { type: 'Property', value: i } })
  return { id, type, term, context, change }
}

const entityOf = (body: Document | undefined) => (body?.data as readonly Document[] | undefined)?.[0]

it('keeps its names in notifications, which lead to an ImplicitlyCreated one that says the same', async () => {
  const { type, term, context, change } = await subscribed(async ({ url }) => url)
  await broker.delete(context.path).expect(204)
  await broker.get(context.path).expect(404)
  await broker.get('/entities?local=true', { Link: CONTEXT_LINK(context.url) }).expect(504)
  await change(1)
  const [arrival] = await receiver.arrivals(1)
  expect(entityOf(arrival?.body)).toMatchObject({ type, [term]: { value: 1 } })
  const url = /<([^>]*)>/.exec(String(arrival?.headers.link))?.[1] ?? ''
  expect(url).not.toBe(context.url)
  const { body } = await broker.root('get', new URL(url).pathname).expect(200)
  expect((body as Document)['@context']).toContainEqual(expect.objectContaining({ [term]: expect.any(String) }))
})

it('stands in the body of JSON-LD itself, also where it was one of several', async () => {
  const { type, term, context, change } = await subscribed(async ({ url }) => {
    const other = await added({ other: 'urn:A:other' })
    return (await added([other.url, url])).url
  }, 'application/ld+json')
  await broker.delete(context.path).expect(204)
  await change(1)
  const [arrival] = await receiver.arrivals(1)
  expect(entityOf(arrival?.body)).toMatchObject({ type, [term]: { value: 1 } })
  const body = arrival?.body['@context'] as readonly unknown[]
  expect(body).toContainEqual(expect.objectContaining({ [term]: expect.any(String) }))
  expect(body).toContainEqual(expect.stringContaining('/jsonldContexts/'))
})
