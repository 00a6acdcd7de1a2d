import { describe, expect, it } from 'vitest'
import { behavesAsDiscovery, discoveryForFile, ex, other } from './discovery.ts'

const discovery = discoveryForFile()
const { broker, link } = discovery

describe('5.7.9 Retrieve Details of Available Attributes', () => {
  it('"restricted to the elements id, type, attributeName and typeNames", sorted', async () => {
    const typeNames = ['Building', 'Vehicle']
    expect((await broker.get('/attributes?details=true', link()).expect(200)).body).toEqual([
      { id: ex('brand'), type: 'Attribute', attributeName: 'brand', typeNames },
      { id: other('weight'), type: 'Attribute', attributeName: 'o:weight', typeNames },
      { id: ex('speed'), type: 'Attribute', attributeName: 'speed', typeNames },
    ])
  })

  it('without an @context names are IRIs', async () => {
    const { body } = await broker.get('/attributes?details=true').expect(200)
    expect(body[0]).toEqual({
      id: ex('brand'),
      type: 'Attribute',
      attributeName: ex('brand'),
      typeNames: [ex('Building'), ex('Vehicle')],
    })
  })

  behavesAsDiscovery(discovery, ['/attributes?details=true'])
})
