import { describe, expect, it } from 'vitest'
import { behavesAsDiscovery, discoveryForFile, ex, other, refusesNames } from './discovery.ts'

const discovery = discoveryForFile()
const { broker, link } = discovery

describe('5.7.10 Retrieve Available Attribute Information', () => {
  it('5.2.28: how many instances there are, one of an entity of two types once, with their types', async () => {
    const { body } = await broker.get('/attributes/speed', link()).expect(200)
    expect(body).toEqual({
      id: ex('speed'),
      type: 'Attribute',
      attributeName: 'speed',
      attributeCount: 3,
      attributeTypes: ['Property', 'Relationship'],
      typeNames: ['Building', 'Vehicle'],
    })
  })

  it.each([
    ['a compact IRI', 'o:weight'],
    ['an IRI', encodeURIComponent(other('weight'))],
  ])('6.28.2: %s names an Attribute, too', async (_, name) => {
    const { body } = await broker.get(`/attributes/${name}`, link()).expect(200)
    expect(body).toMatchObject({ id: other('weight'), attributeName: 'o:weight', attributeCount: 1 })
  })

  it('follows an Attribute that changes its type, and one that is deleted', async () => {
    const height = async () => (await broker.get('/attributes/height')).body
    await broker.create({ id: 'urn:x:tree', type: 'Tree', height: 3 })
    expect(await height()).toMatchObject({ attributeCount: 1, attributeTypes: ['Property'], typeNames: ['Tree'] })
    await broker.put('/entities/urn:x:tree', { type: 'Tree', height: { object: 'urn:x:1' } }).expect(204)
    expect(await height()).toMatchObject({ attributeCount: 1, attributeTypes: ['Relationship'] })
    await broker.post('/entities/urn:x:tree/attrs', { type: 'Oak' }).expect(204)
    expect(await height()).toMatchObject({ attributeCount: 1, typeNames: ['Oak', 'Tree'] })
    await broker.delete('/entities/urn:x:tree/attrs/height').expect(204)
    await broker.get('/attributes/height').expect(404)
  })

  // 4.5.1: the members of an Entity are no Attributes; nor is a sub-attribute one of an entity.
  refusesNames(discovery, 'attributes', {
    unknown: ['nobody', 'gone', 'nested', 'Vehicle', 'id', 'type', 'scope', 'createdAt', 'modifiedAt', 'expiresAt'],
    wrong: ['a-b', '1', '@type', '%20', 'urn%3Angsi-ld%3Anull'],
  })

  it('ResourceNotFound for a short name without its @context; the IRI is told', async () => {
    const { body } = await broker.get('/attributes/speed').expect(404)
    expect(body.detail).toContain('https://uri.etsi.org/ngsi-ld/default-context/speed')
  })

  behavesAsDiscovery(discovery, ['/attributes/speed'])
})
