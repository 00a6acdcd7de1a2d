import { describe, expect, it } from 'vitest'
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

  it.each<[object, string]>([
    [{}, '/rules'],
    [{ rules: [{ raw: '30 days' }] }, '/rules/0/raw'],
    [{ rules: [{ raw: 'P1D' }, { raw: 'P1D', summaries: { every: 'P1M' } }] }, '/rules/1/summaries/every'],
    [{ rules: [{ type: 'no name', raw: 'P1D' }] }, '/rules/0/type'],
    [{ rules: [{ type: 'Bus', keep: 'P1D' }] }, '/rules/0/keep'],
  ])('refuses %j', async (body, at) => {
    const response = await put(body)
    expect(response.status).toBe(400)
    expect(response.body.at).toBe(at)
  })
})
