import { describe, expect, it } from 'vitest'
import { DATE_TIME, deliveryOf, eventually, ownPath, redeliver } from './boya-subscriptions.ts'
import { brokerForFile, expectProblem, newId, pathOf } from './client.ts'
import { receiverForFile } from './receiver.ts'
import { newSubscriptionId, subscribe, subscriptionPath } from './subscribed.ts'

const FAST = { NOTIFICATION_RETRY_FIRST: '50ms', NOTIFICATION_RETRY_MOST: '100ms' }
const usual = brokerForFile(FAST)
/** Gives up soon. */
const impatient = brokerForFile({ ...FAST, NOTIFICATION_MAX_AGE: '1s' })
const receiver = receiverForFile()

/** To the level of one entity, which is there; returns both ids. */
async function subscribed(
  members: object = {},
  broker = usual,
): Promise<{ readonly id: string; readonly tank: string }> {
  const tank = newId('Tank')
  await broker.create({ id: tank, type: 'Tank', level: 0 })
  const endpoint = {
    uri: receiver.uri().replace('//', '//user:s3cret@'),
    receiverInfo: [{ key: 'X-Key', value: 't0ken' }],
  }
  const entities = [{ type: 'Tank', id: tank }]
  const id = await subscribe(broker, { entities, notification: { endpoint, format: 'simplified' }, ...members })
  return { id, tank }
}

const setLevel = (tank: string, value: number, broker = usual) =>
  broker.patch(`${pathOf(tank)}/attrs`, { level: value }).expect(204)
/** What a subscription has been told. */
const told = (id: string) => receiver.got().flatMap(({ body }) => (body.subscriptionId === id ? [body] : []))
const idsOf = (id: string) => told(id).map((each) => each.id)
const levels = (id: string) => told(id).map(({ data }) => data[0]?.level)

describe('GET /boya/v1/subscriptions/{subscriptionId}/delivery', () => {
  it('of one that has never been told says so', async () => {
    const { id } = await subscribed()
    expect(await deliveryOf(usual, id)).toEqual({
      ...{ subscriptionId: id, status: 'active', timesSent: 0, timesFailed: 0, timesGivenUp: 0 },
      ...{ backlog: { count: 0 }, log: [], dead: [] },
    })
  })

  it('tells what failed, what waits, and what became of it when the receiver recovers', async () => {
    const { id, tank } = await subscribed()
    receiver.always(503)
    await setLevel(tank, 1)
    const failing = await eventually(async () => {
      const state = await deliveryOf(usual, id)
      expect(state.timesFailed).toBeGreaterThan(1)
      return state
    })
    const reason = 'the receiver answered 503'
    const attempt = { at: DATE_TIME, milliseconds: expect.any(Number), notificationId: told(id)[0]?.id }
    const failed = { ...attempt, entities: 1, ok: false, status: 503, reason }
    expect(failing).toMatchObject({
      ...{ status: 'active', timesSent: failing.timesFailed, lastFailure: DATE_TIME, lastNotification: DATE_TIME },
      backlog: { count: 1, oldest: DATE_TIME, ageOfOldest: expect.any(Number) },
      ...{ nextAttempt: DATE_TIME, lastAttempt: failed, dead: [] },
    })
    expect(failing).not.toHaveProperty('lastSuccess')
    expect(failing.log).toHaveLength(failing.timesSent)
    expect(failing.backlog.ageOfOldest).toBeLessThan(10)
    receiver.always(200)
    await eventually(async () => {
      const state = await deliveryOf(usual, id)
      expect(state).toMatchObject({ backlog: { count: 0 }, lastAttempt: { ...attempt, ok: true, status: 200 } })
      expect(state.log[1]).toEqual(failed)
      expect(state).not.toHaveProperty('nextAttempt')
      expect(state.lastSuccess).toEqual(DATE_TIME)
    })
  })

  it('shows nothing secret of the endpoint', async () => {
    const { id, tank } = await subscribed()
    receiver.always(404)
    await setLevel(tank, 1)
    await eventually(async () => expect((await deliveryOf(usual, id)).timesFailed).toBeGreaterThan(0))
    expect(JSON.stringify(await deliveryOf(usual, id))).not.toMatch(/s3cret|t0ken/)
    const arrived = receiver.got().find(({ body }) => body.subscriptionId === id)
    expect(arrived?.headers).toMatchObject({
      'x-key': 't0ken',
      authorization: expect.stringMatching(/Basic/),
    })
  })

  it('of a throttled one says when what waits is told', async () => {
    const { id, tank } = await subscribed({ throttling: 60 })
    await setLevel(tank, 1)
    await eventually(async () => expect(levels(id)).toHaveLength(1))
    await setLevel(tank, 2)
    await eventually(async () => {
      const state = await deliveryOf(usual, id)
      expect(state.backlog.count).toBe(1)
      expect(Date.parse(state.nextAttempt) - Date.parse(state.lastNotification)).toBe(60_000)
    })
  })

  it('of a paused one does not say when it is tried again', async () => {
    const { id, tank } = await subscribed()
    receiver.always(500)
    await setLevel(tank, 1)
    await eventually(async () => expect(await deliveryOf(usual, id)).toHaveProperty('nextAttempt'))
    await usual.patch(subscriptionPath(id), { isActive: false }).expect(204)
    const state = await deliveryOf(usual, id)
    expect(state).toMatchObject({ status: 'paused', backlog: { count: 1 } })
    expect(state).not.toHaveProperty('nextAttempt')
  })

  it('refuses what is no URI, no subscription, no Tenant, and other parameters', async () => {
    const { id } = await subscribed()
    const get = (path: string, headers = {}) => usual.root('get', path, headers)
    expectProblem(await get('/boya/v1/subscriptions/no-uri/delivery'), 400, 'BadRequestData', /no URI/)
    const nobodys = ownPath(newSubscriptionId(), 'delivery')
    expectProblem(await get(nobodys), 404, 'ResourceNotFound')
    expectProblem(await get(ownPath(id, 'delivery'), { 'NGSILD-Tenant': 'nobodys' }), 404, 'NonexistentTenant')
    expectProblem(await get(`${ownPath(id, 'delivery')}?limit=0`), 400, 'BadRequestData', /1 or more/)
    expectProblem(await get(`${ownPath(id, 'delivery')}?limit=101`), 400, 'BadRequestData', /100 or less/)
    expectProblem(await get(`${ownPath(id, 'delivery')}?offset=1`), 400, 'InvalidRequest', /limit/)
    await usual.root('put', ownPath(id, 'delivery')).expect(405)
    await get(ownPath(id, 'delivery'), { Accept: 'application/geo+json' }).expect(406)
  })

  it('belongs to its Tenant', async () => {
    const headers = { 'NGSILD-Tenant': 'delivering' }
    const id = await subscribe(usual, {}, headers)
    const { body, headers: sent } = await usual.root('get', ownPath(id, 'delivery'), headers).expect(200)
    expect(body.subscriptionId).toBe(id)
    expect(sent['ngsild-tenant']).toBe('delivering')
    await usual.root('get', ownPath(id, 'delivery')).expect(404)
  })
})

describe('POST /boya/v1/subscriptions/{subscriptionId}/redeliver', () => {
  it('tells what was given up: it is there as a dead letter, and then it arrives, in order', async () => {
    const { id, tank } = await subscribed({}, impatient)
    await setLevel(tank, 0.5, impatient)
    await eventually(() => expect(levels(id)).toEqual([0.5]))
    receiver.always(503)
    for (const level of [1, 2, 3]) await setLevel(tank, level, impatient)
    const { dead } = await eventually(async () => {
      const state = await deliveryOf(impatient, id)
      expect(state.dead).toHaveLength(3)
      return state
    })
    const letter = { id: expect.any(String), entity: tank, changedAt: DATE_TIME, givenUpAt: DATE_TIME }
    // Also of those whose turn never came.
    const reason = expect.stringMatching(/BOYA_NOTIFICATION_MAX_AGE.*at last: the receiver answered 503/)
    expect(dead).toEqual([1, 2, 3].map(() => ({ ...letter, reason })))
    expect((await deliveryOf(impatient, id, 'limit=2')).dead).toHaveLength(2)
    receiver.always(204)
    const seen = levels(id).length
    expect((await redeliver(impatient, id, { dead: true }).expect(200)).body).toEqual({ redelivered: 3 })
    await eventually(() => expect(levels(id).slice(seen)).toEqual([1, 2, 3]))
    await eventually(async () =>
      expect(await deliveryOf(impatient, id)).toMatchObject({ backlog: { count: 0 }, dead: [] }),
    )
    expect((await redeliver(impatient, id, { dead: true }).expect(200)).body).toEqual({ redelivered: 0 })
  })

  it('tells again what changed since a time, and nothing that changed before', async () => {
    const { id, tank } = await subscribed()
    await setLevel(tank, 1)
    await eventually(() => expect(levels(id)).toEqual([1]))
    await new Promise((resolve) => setTimeout(resolve, 5))
    const since = new Date().toISOString()
    for (const level of [2, 3]) await setLevel(tank, level)
    await eventually(() => expect(levels(id)).toEqual([1, 2, 3]))
    await eventually(async () => expect((await deliveryOf(usual, id)).backlog.count).toBe(0))
    const ids = idsOf(id)
    expect((await redeliver(usual, id, { since }).expect(200)).body).toEqual({ redelivered: 2 })
    await eventually(() => expect(levels(id)).toEqual([1, 2, 3, 2, 3]))
    expect(idsOf(id).slice(3)).toEqual(ids.slice(1))
  })

  it('of a paused one keeps it until it is active again, and says so', async () => {
    const { id, tank } = await subscribed()
    await setLevel(tank, 1)
    await eventually(async () =>
      expect(await deliveryOf(usual, id)).toMatchObject({ backlog: { count: 0 }, timesSent: 1 }),
    )
    await usual.patch(subscriptionPath(id), { isActive: false }).expect(204)
    const { body } = await redeliver(usual, id, { since: '2020-01-01T00:00:00Z' }).expect(200)
    expect(body).toEqual({ redelivered: 1, remark: expect.stringMatching(/paused/) })
    expect(await deliveryOf(usual, id)).toMatchObject({ status: 'paused', backlog: { count: 1 } })
    await usual.patch(subscriptionPath(id), { isActive: true }).expect(204)
    await eventually(() => expect(levels(id)).toEqual([1, 1]))
  })

  it('refuses one that has expired: it would be given up at once', async () => {
    const { id } = await subscribed({ expiresAt: new Date(Date.now() + 300).toISOString() })
    await new Promise((resolve) => setTimeout(resolve, 320))
    const refused = await redeliver(usual, id, { dead: true })
    expectProblem(refused, 409, 'Conflict', /expired at .*expiresAt/)
  })

  it.each([
    [{}, /send one of/],
    [{ dead: true, since: '2026-01-01T00:00:00Z' }, /send one of/],
    [{ dead: false }, /dead: expected true/],
    [{ since: 'yesterday' }, /since: .*date and time/],
    [{ since: 5 }, /since/],
    [{ until: 'x' }, /"until"/],
  ])('refuses %j', async (body, detail) => {
    const { id } = await subscribed()
    expectProblem(await redeliver(usual, id, body), 400, 'BadRequestData', detail)
  })

  it('refuses another kind of body, what is no subscription, and no Tenant', async () => {
    const { id } = await subscribed()
    expectProblem(await redeliver(usual, id, []), 400, 'InvalidRequest')
    expectProblem(await redeliver(usual, newSubscriptionId(), { dead: true }), 404, 'ResourceNotFound')
    const elsewhere = await redeliver(usual, id, { dead: true }, { 'NGSILD-Tenant': 'nobodys' })
    expectProblem(elsewhere, 404, 'NonexistentTenant')
    expectProblem(await redeliver(usual, 'no-uri', { dead: true }), 400, 'BadRequestData')
  })
})
