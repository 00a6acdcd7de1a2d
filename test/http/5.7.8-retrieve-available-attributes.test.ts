import { describe, expect, it } from 'vitest'
import { behavesAsDiscovery, CORE_LINK, discoveryForFile, ex, other } from './discovery.ts'

const discovery = discoveryForFile()
const { broker, link } = discovery

describe('5.7.8 Retrieve Available Attributes', () => {
  it('5.2.27: the names of all Attributes, once each and sorted; no sub-attributes, nothing that has expired', async () => {
    const { body } = await broker.get('/attributes', link()).expect(200)
    expect(body).toEqual({
      id: expect.stringMatching(/^urn:ngsi-ld:AttributeList:[0-9a-f-]{36}$/),
      type: 'AttributeList',
      attributeList: ['brand', 'o:weight', 'speed'],
    })
    expect((await broker.get('/attributes?details=false', link()).expect(200)).body).toEqual(body)
  })

  it('without an @context names are IRIs', async () => {
    const { headers, body } = await broker.get('/attributes').expect(200)
    expect(headers.link).toBe(CORE_LINK)
    expect(body.attributeList).toEqual([ex('brand'), other('weight'), ex('speed')])
  })

  it('4.14: of the Tenant alone, whose list is another', async () => {
    const tenant = { 'NGSILD-Tenant': 'attributes' }
    await broker.post('/entities', { id: 'urn:x:1', type: 'Tree', height: 3 }, tenant).expect(201)
    const { body } = await broker.get('/attributes', tenant).expect(200)
    expect(body.attributeList).toEqual(['height'])
    expect(body.id).not.toBe((await broker.get('/attributes').expect(200)).body.id)
    await broker.delete('/entities/urn:x:1/attrs/height', tenant).expect(204)
    expect((await broker.get('/attributes', tenant).expect(200)).body.attributeList).toEqual([])
  })

  behavesAsDiscovery(discovery, ['/attributes'])
})
