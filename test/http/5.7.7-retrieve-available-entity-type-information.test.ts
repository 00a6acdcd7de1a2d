import { describe, expect, it } from 'vitest'
import { behavesAsDiscovery, discoveryForFile, ex, other, refusesNames } from './discovery.ts'

const discovery = discoveryForFile()
const { broker, link } = discovery

const details = (id: string, attributeName: string, ...attributeTypes: string[]) => ({
  id,
  type: 'Attribute',
  attributeName,
  attributeTypes,
})

describe('5.7.7 Retrieve Available Entity Type Information', () => {
  it('5.2.26: how many entities there are, and the types of their Attributes', async () => {
    const { body } = await broker.get('/types/Building', link()).expect(200)
    expect(body).toEqual({
      id: ex('Building'),
      type: 'EntityTypeInfo',
      typeName: 'Building',
      entityCount: 2,
      attributeDetails: [
        details(ex('brand'), 'brand', 'LanguageProperty'),
        details(other('weight'), 'o:weight', 'Property'),
        details(ex('speed'), 'speed', 'Relationship'),
      ],
    })
  })

  it('an Attribute of several types has all of them, sorted', async () => {
    const { body } = await broker.get('/types/Vehicle', link()).expect(200)
    expect(body.attributeDetails).toContainEqual(details(ex('speed'), 'speed', 'Property', 'Relationship'))
  })

  it.each([
    ['a compact IRI', 'o:Thing'],
    ['an IRI', encodeURIComponent(other('Thing'))],
  ])('6.26.2: %s names a type, too; one without Attributes', async (_, name) => {
    const { body } = await broker.get(`/types/${name}`, link()).expect(200)
    expect(body).toEqual({
      id: other('Thing'),
      type: 'EntityTypeInfo',
      typeName: 'o:Thing',
      entityCount: 1,
      attributeDetails: [],
    })
  })

  it('follows what is created and deleted', async () => {
    const count = async () => (await broker.get('/types/Tree')).body.entityCount
    for (const id of ['urn:x:t1', 'urn:x:t2']) await broker.create({ id, type: 'Tree' })
    expect(await count()).toBe(2)
    await broker.delete('/entities/urn:x:t1').expect(204)
    expect(await count()).toBe(1)
    await broker.delete('/entities/urn:x:t2').expect(204)
    await broker.get('/types/Tree').expect(404)
  })

  // What has expired, and an IRI that is only an Attribute's, are the types of nobody. A short name is one under its @context only.
  refusesNames(discovery, 'types', {
    unknown: ['Nobody', 'Gone', 'brand', 'o:Vehicle', 'id', 'scope', encodeURIComponent('urn:x:nobody')],
    wrong: ['a-b', '1', '@id', '%20', 'urn%3Angsi-ld%3Anull'],
  })

  it('ResourceNotFound for a short name without its @context; the IRI is told', async () => {
    const { body } = await broker.get('/types/Building').expect(404)
    expect(body.detail).toContain('https://uri.etsi.org/ngsi-ld/default-context/Building')
  })

  behavesAsDiscovery(discovery, ['/types/Vehicle'])
})
