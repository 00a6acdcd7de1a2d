import { describe, expect, it } from 'vitest'
import { CONTEXT_LINK } from '../support/broker.ts'
import { brokerForFile, expectProblem } from './client.ts'

const broker = brokerForFile({ HISTORY_RETENTION: '[{"type":"Bus","raw":"P30D"}]' })
const path = '/boya/v1/history/retention'
const put = (body: object) => broker.root('put', path).send(body)

describe('for how long history is kept', () => {
  it('is what the settings say, until a Tenant has rules of its own', async () => {
    const ofSettings = { of: 'settings', rules: [{ type: 'Bus', raw: 'P30D' }] }
    expect((await broker.root('get', path).expect(200)).body).toEqual(ofSettings)
    const rules = [{ type: 'Tram', raw: 'P1D', summaries: { every: 'PT1H', keep: 'P5Y' } }, { raw: 'P1Y' }]
    await put({ rules }).expect(204)
    expect((await broker.root('get', path).expect(200)).body).toEqual({ of: 'tenant', rules })
    await broker.root('delete', path).expect(204)
    expect((await broker.root('get', path).expect(200)).body).toEqual(ofSettings)
    expectProblem(await broker.root('delete', path), 404, 'ResourceNotFound')
  })

  it('is sent back as it was read', async () => {
    const hosted = await broker
      .post('/jsonldContexts', { '@context': { Tram: 'https://example.org/Tram' } })
      .expect(201)
    const link = { Link: CONTEXT_LINK(new URL(hosted.headers.location ?? '', broker.url()).href) }
    for (const headers of [{}, link]) {
      await put({
        rules: [
          { type: 'Tram', raw: 'P1D', summaries: { every: 'PT1H' } },
          { type: '*', raw: 'P1Y' },
        ],
      }).set(headers)
      const { body } = await broker.root('get', path, headers).expect(200)
      await put(body).set(headers).expect(204)
      expect((await broker.root('get', path, headers).expect(200)).body).toEqual(body)
      await broker.root('delete', path).expect(204)
    }
    const { body: ofSettings } = await broker.root('get', path).expect(200)
    await put(ofSettings).expect(204)
    expect((await broker.root('get', path).expect(200)).body).toEqual({ ...ofSettings, of: 'tenant' })
  })

  it.each<[object, string]>([
    [{ of: 'nobody', rules: [] }, '/of'],
    [{}, '/rules'],
    [{ rules: [{ raw: '30 days' }] }, '/rules/0/raw'],
    [{ rules: [{ raw: 'P1D' }, { raw: 'P1D', summaries: { every: 'P1M' } }] }, '/rules/1/summaries/every'],
    [{ rules: [{ type: 'no name', raw: 'P1D' }] }, '/rules/0/type'],
    [{ rules: [{ type: 'Bus', keep: 'P1D' }] }, '/rules/0/keep'],
    [{ rules: [{ raw: 'P4Y', summaries: { every: 'P1D', keep: 'P1M' } }] }, '/rules/0/summaries/keep'],
    [{ rules: [{ raw: 'P1Y' }, { type: 'Bus', raw: 'P2Y' }] }, '/rules/1'],
    [{ rules: [{ type: 'Bus' }, { type: 'Bus', raw: 'P2Y' }] }, '/rules/1'],
  ])('refuses %j', async (body, at) => {
    const response = await put(body)
    expect(response.status).toBe(400)
    expect(response.body.at).toBe(at)
  })
})
