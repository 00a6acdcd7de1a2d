import { describe, expect, it } from 'vitest'
import { contextSourceIdentity } from '../../src/operations/context-source-identity.ts'
import { CONTEXT_LINK, startTestBroker, testClock } from '../support/broker.ts'
import { quietLog } from '../support/log.ts'
import { brokerForFile, CORE, START } from './client.ts'

const clock = testClock(START)
const broker = brokerForFile({ ALIAS: 'boya-santander' }, clock)
const PATH = '/info/sourceIdentity'

describe('5.15.1 Retrieve Context Source Identity Information (6.33)', () => {
  it('5.2.40: id, type, alias, uptime and time', async () => {
    clock.advance(93_784_000)
    const { body, headers } = await broker.get(PATH).expect(200)
    expect(headers['content-type']).toMatch(/^application\/json/)
    expect(headers.link).toBe(CONTEXT_LINK(CORE))
    expect(body).toEqual({
      id: expect.stringMatching(/^urn:/),
      type: 'ContextSourceIdentity',
      contextSourceAlias: 'boya-santander',
      contextSourceUptime: expect.stringMatching(/^P(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?$/),
      contextSourceTimeAt: new Date(clock.now()).toISOString(),
    })
    expect((await broker.get(PATH)).body.id).toBe(body.id)
  })

  it('6.3.6: with an @context in the body as application/ld+json', async () => {
    const { body, headers } = await broker.get(PATH, { Accept: 'application/ld+json' }).expect(200)
    expect(headers['content-type']).toMatch(/^application\/ld\+json/)
    expect(body['@context']).toBe(CORE)
  })

  it('6.3.4: 406 for GeoJSON', async () => {
    await broker.get(PATH, { Accept: 'application/geo+json' }).expect(406)
  })

  it('5.2.40: "this id shall be identifying a specific Tenant within a registered Context Source"', async () => {
    await broker.post('/entities', { id: 'urn:x:1', type: 'T' }, { 'NGSILD-Tenant': 'city' }).expect(201)
    const own = (await broker.get(PATH)).body
    const { body, headers } = await broker.get(PATH, { 'NGSILD-Tenant': 'city' }).expect(200)
    expect(headers['ngsild-tenant']).toBe('city')
    expect(body.id).not.toBe(own.id)
    expect(body.contextSourceAlias).not.toBe(own.contextSourceAlias)
    // RFC 7230: a pseudonym is a token.
    expect(body.contextSourceAlias).toMatch(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/)
  })

  it('is told of a Tenant that does not exist, too: its alias has to be known before there are data', async () => {
    await broker.get(PATH, { 'NGSILD-Tenant': 'nobody' }).expect(200)
  })

  it('its clock is asked as a clock, whatever it is made of', () => {
    const kept = { at: START, now: (): number => 0 }
    kept.now = function now(this: typeof kept) {
      return this.at
    }
    const call = { tenant: '', signal: () => new AbortController().signal, log: quietLog }
    const identity = { id: 'urn:x:1', alias: 'a', startedAt: START - 5_000 }
    expect(contextSourceIdentity(kept, call, identity).contextSourceUptime).toBe('PT5S')
  })

  it('5.2.40: two brokers have different ids and, where none is configured, different aliases', async () => {
    const [one, two] = await Promise.all([startTestBroker(), startTestBroker()])
    try {
      const first = (await one.request.get(`/ngsi-ld/v1${PATH}`)).body
      const second = (await two.request.get(`/ngsi-ld/v1${PATH}`)).body
      expect(first.id).not.toBe(second.id)
      expect(first.contextSourceAlias).not.toBe(second.contextSourceAlias)
    } finally {
      await Promise.all([one.close(), two.close()])
    }
  })
})
