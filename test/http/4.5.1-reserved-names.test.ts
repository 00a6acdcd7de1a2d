import { describe, expect, it } from 'vitest'
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
