import { describe, expect, it } from 'vitest'
import { behavesAsDiscovery, CORE_LINK, discoveryForFile, ex, other } from './discovery.ts'

const discovery = discoveryForFile()
const { broker, link } = discovery

describe('5.7.5 Retrieve Available Entity Types', () => {
  it('5.2.24: the names of all types, once each and sorted; not of what has expired', async () => {
    const { body } = await broker.get('/types', link()).expect(200)
    expect(body).toEqual({
      id: expect.stringMatching(/^urn:ngsi-ld:EntityTypeList:[0-9a-f-]{36}$/),
      type: 'EntityTypeList',
      typeList: ['Building', 'Vehicle', 'o:Thing'],
    })
    expect((await broker.get('/types?details=false', link()).expect(200)).body).toEqual(body)
  })

  it('without an @context names are IRIs', async () => {
    const { headers, body } = await broker.get('/types').expect(200)
    expect(headers.link).toBe(CORE_LINK)
    expect(body.typeList).toEqual([ex('Building'), ex('Vehicle'), other('Thing')])
  })

  it('4.14: of the Tenant alone, whose list is another', async () => {
    const tenant = { 'NGSILD-Tenant': 'types' }
    await broker.post('/entities', { id: 'urn:x:1', type: 'Tree' }, tenant).expect(201)
    const { body } = await broker.get('/types', tenant).expect(200)
    expect(body.typeList).toEqual(['Tree'])
    const ofDefault = (await broker.get('/types').expect(200)).body
    expect(ofDefault.typeList).not.toContain('Tree')
    expect(body.id).not.toBe(ofDefault.id)
  })

  it('is empty where nothing is stored', async () => {
    const tenant = { 'NGSILD-Tenant': 'empty' }
    await broker.post('/entities', { id: 'urn:x:1', type: 'Tree' }, tenant).expect(201)
    await broker.delete('/entities/urn:x:1', tenant).expect(204)
    expect((await broker.get('/types', tenant).expect(200)).body.typeList).toEqual([])
    expect((await broker.get('/types?details=true', tenant).expect(200)).body).toEqual([])
  })

  behavesAsDiscovery(discovery, ['/types'])
})
