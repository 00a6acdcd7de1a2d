import { describe, expect, it } from 'vitest'
import { CONTEXT_LINK } from '../support/broker.ts'
import { brokerForFile, expectProblem, newId, pathOf } from './client.ts'

const broker = brokerForFile({})
const CORE = 'https://uri.etsi.org/ngsi-ld/'

/** Each is a core term for a non-reified Property, under its IRI or its compact IRI. */
const reserved = [
  `${CORE}hasValue`,
  `${CORE}createdAt`,
  `${CORE}scope`,
  `${CORE}expiresAt`,
  `${CORE}observedAt`,
  `${CORE}datasetId`,
  'ngsi-ld:hasObject',
]

describe('4.5.1: "Terms defined in the Core Context as non-reified Properties … shall not be used as Attribute names", however they are written', () => {
  it.each(reserved)('%s as an Attribute', async (name) => {
    const id = newId()
    const response = await broker.post('/entities', { id, type: 'Room', [name]: { type: 'Property', value: 6 } })
    expectProblem(response, 400, 'BadRequestData')
    await broker.get(pathOf(id)).expect(404)
  })

  it.each(reserved)('%s as a sub-attribute', async (name) => {
    const id = newId()
    const p = { type: 'Property', value: 5, [name]: { type: 'Property', value: 6 } }
    expectProblem(await broker.post('/entities', { id, type: 'Room', p }), 400, 'BadRequestData')
    await broker.get(pathOf(id)).expect(404)
  })

  it('a name that the @context makes an alias of one', async () => {
    const id = newId()
    const document = { '@context': { foo: `${CORE}createdAt` }, id, type: 'Room', foo: { type: 'Property', value: 1 } }
    const response = await broker.post('/entities', document, { 'Content-Type': 'application/ld+json' })
    expectProblem(response, 400, 'BadRequestData')
    expect(response.body.at).toBe('/foo')
  })
})

describe('5.5.7: two members that expand to one name', () => {
  const alias = 'https://uri.etsi.org/ngsi-ld/default-context/zz'

  it('are refused as Attributes', async () => {
    const response = await broker.post('/entities', { id: newId(), type: 'Room', zz: 1, [alias]: 2 })
    expectProblem(response, 400, 'BadRequestData')
  })

  it('are refused as sub-attributes', async () => {
    const p = {
      type: 'Property',
      value: 5,
      zz: { type: 'Property', value: 1 },
      [alias]: { type: 'Property', value: 2 },
    }
    const response = await broker.post('/entities', { id: newId(), type: 'Room', p })
    expectProblem(response, 400, 'BadRequestData')
    expect(response.body.at).toMatch(/^\/p\//)
  })
})

describe('names in paths and parameters are judged as those in documents', () => {
  it.each(['val', 'direction', `${CORE}createdAt`, 'ngsi-ld:hasObject', 'not a name'])('%s', async (name) => {
    const context = { '@context': { val: '@value', direction: '@direction' } }
    const { headers } = await broker.post('/jsonldContexts', context).expect(201)
    const link = { Link: CONTEXT_LINK(broker.url() + headers.location) }
    const id = newId()
    await broker.create({ id, type: 'Room', p: 1 })
    const segment = encodeURIComponent(name)
    for (const [refused, at] of [
      [broker.patch(`${pathOf(id)}/attrs/${segment}`, { value: 1 }, link), 'attrId'],
      [broker.put(`${pathOf(id)}/attrs/${segment}`, { value: 1 }, link), 'attrId'],
      [broker.delete(`${pathOf(id)}/attrs/${segment}`, link), 'attrId'],
      [broker.get(`/entities?attrs=${segment}`, link), 'attrs'],
      [broker.get(`${pathOf(id)}?attrs=p,${segment}`, link), 'attrs'],
      [broker.get(`${pathOf(id)}?pick=id,${segment}`, link), 'pick'],
      [broker.get(`/entities?type=Room&omit=${segment}`, link), 'omit'],
      [broker.delete(`/entities?type=Room&drop=${segment}`, link), 'drop'],
    ] as const) {
      const response = await refused
      expectProblem(response, 400, 'BadRequestData')
      expect(response.body.at).toBe(at)
    }
    await broker.get(pathOf(id)).expect(200)
  })
})

describe('names of types in parameters are judged as those in documents', () => {
  it.each([
    ['an alias of @value', 'val'],
    ['an alias of @direction', 'direction'],
    ['no name', 'not a name'],
    ['a name that is too long', `urn:${'x'.repeat(5000)}`],
  ])('%s', async (_, name) => {
    const context = { '@context': { val: '@value', direction: '@direction' } }
    const { headers } = await broker.post('/jsonldContexts', context).expect(201)
    const link = { Link: CONTEXT_LINK(broker.url() + headers.location) }
    expectProblem(await broker.post('/entities', { id: newId(), type: name }, link), 400, 'BadRequestData')
    const response = await broker.get(`/entities?type=Room,${encodeURIComponent(name)}`, link)
    expectProblem(response, 400, 'BadRequestData')
    expect(response.body.at).toBe('type')
  })
})
