import { describe, expect, it } from 'vitest'
import { behavesAsDiscovery, discoveryForFile, ex, other } from './discovery.ts'

const discovery = discoveryForFile()
const { broker, link } = discovery

describe('5.7.6 Retrieve Details of Available Entity Types', () => {
  it('5.2.25: each type with the Attributes of its entities, sorted; without sub-attributes and the scope', async () => {
    const { body } = await broker.get('/types?details=true', link()).expect(200)
    expect(body).toEqual([
      { id: ex('Building'), type: 'EntityType', typeName: 'Building', attributeNames: ['brand', 'o:weight', 'speed'] },
      { id: ex('Vehicle'), type: 'EntityType', typeName: 'Vehicle', attributeNames: ['brand', 'o:weight', 'speed'] },
      { id: other('Thing'), type: 'EntityType', typeName: 'o:Thing', attributeNames: [] },
    ])
  })

  it('without an @context names are IRIs', async () => {
    const { body } = await broker.get('/types?details=true').expect(200)
    expect(body[1]).toEqual({
      id: ex('Vehicle'),
      type: 'EntityType',
      typeName: ex('Vehicle'),
      attributeNames: [ex('brand'), other('weight'), ex('speed')],
    })
  })

  behavesAsDiscovery(discovery, ['/types?details=true'])
})
