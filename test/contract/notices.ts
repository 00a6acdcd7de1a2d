import { describe, expect, it } from 'vitest'
import { ExactNumber } from '../../src/core/model/exact-number.ts'
import { Problem } from '../../src/core/model/problems.ts'
import type { Call } from '../../src/ports/call.ts'
import type { NewNotice, Notice, NoticePage, Settlement, ToldUpTo } from '../../src/ports/notices.ts'
import { become, callIn, entity, NOW, type OpenStore, put, setUp } from './contract-store.ts'
import { createTestSource, most, owes } from './notice-source.ts'

const A = 'http://a'
const S1 = 'urn:s:1'
const S2 = 'urn:s:2'

const ended = (notices: readonly Notice[], state: Settlement['state'], at = NOW + 1, reason?: string): Settlement[] =>
  notices.map(({ id }) => ({ id, state, at, ...(reason !== undefined && { reason }) }))

/** `isShared`: whether another instance can be opened on the same database. */
export function noticeContract(open: OpenStore, isShared: boolean): void {
  const source = createTestSource()
  const { store, fresh, another, setClock } = setUp(open, source)
  const owedIn = (call: Call, queue = A) => store().notices.owed(call, queue, most(1_000))
  const entitiesIn = async (call: Call, queue = A) => (await owedIn(call, queue)).map((each) => each.entity)
  const owing = (id: string, ...notices: readonly Partial<NewNotice>[]) => entity(id, owes(...notices))
  const road = (n: number) => owing(`urn:x:${n}`, {})

  describe('a change', () => {
    it('owes what the source says, with it', async () => {
      const call = await fresh()
      const content = {
        text: 'é"\u0000',
        list: [1, null, { a: true }],
        long: new ExactNumber('12345678901234567890.5'),
      }
      const one = { subscription: S1, queue: A, content, latestOnly: true }
      await put(
        store(),
        call,
        owing('urn:x:1', { subscription: S1, queue: A }, { subscription: S2, queue: 'mqtt://b' }),
      )
      const [notice, ...others] = await owedIn(call)
      expect(others).toEqual([])
      expect(notice).toEqual({
        ...{ subscription: S1, queue: A, entity: 'urn:x:1', content: { of: 'urn:x:1' }, latestOnly: false, since: NOW },
        ...{ id: expect.any(String), group: expect.any(String), position: expect.any(String), bytes: 16 },
      })
      expect(await owedIn(call, 'mqtt://b')).toMatchObject([{ subscription: S2, group: notice?.group }])
      expect(await store().notices.queues(call)).toEqual([A, 'mqtt://b'])
      await put(store(), call, owing('urn:x:2', one))
      expect((await owedIn(call))[1]).toMatchObject({ content, latestOnly: true })
    })

    it('is told to the source with what was and what is, and when', async () => {
      const call = await fresh()
      source.asked.length = 0
      await put(store(), call, road(1))
      setClock(NOW + 5)
      await store().entities.write(call, 'urn:x:1', become(null))
      expect(source.asked.slice(0, 1)).toEqual([{ after: road(1), now: NOW, cause: 'write' }])
      expect(source.asked.at(-1)).toEqual({ before: road(1), now: NOW + 5, cause: 'write' })
      expect((await owedIn(call)).map(({ since }) => since)).toEqual([NOW, NOW + 5])
    })

    it('that throws, or changes nothing, owes nothing', async () => {
      const call = await fresh()
      await put(store(), call, entity('urn:x:1'))
      source.told.length = 0
      const refused = () => {
        throw new Problem('BadRequestData', 'no')
      }
      await expect(store().entities.write(call, 'urn:x:1', refused)).rejects.toThrow('no')
      await store().entities.write(call, 'urn:x:2', become(null))
      await store().entities.write(call, 'urn:x:1', (current) => ({ ...(current && { entity: current }), result: 0 }))
      await expect(
        store().entities.write(call, 'urn:x:3', become(entity('urn:x:3', { ...owes({}), id: 'x'.repeat(5_000_000) }))),
      ).rejects.toThrow(Problem)
      expect(await store().notices.queues(call)).toEqual([])
      expect(source.told).toEqual([])
    })

    it('tells the source where something is owed, when it can be read', async () => {
      const call = await fresh()
      source.told.length = 0
      await put(store(), call, road(1), owing('urn:x:2', { queue: 'http://b' }, { queue: A }), entity('urn:x:3'))
      expect(source.told).toEqual([{ tenant: call.tenant, queues: expect.arrayContaining([A, 'http://b']) }])
      expect(await entitiesIn(call)).toEqual(['urn:x:1', 'urn:x:2'])
    })

    it('waits until the source is ready', async () => {
      const call = await fresh()
      let resolve = (): void => undefined
      source.unready = new Promise((done) => {
        resolve = done
      })
      let isDone = false
      const writing = put(store(), call, road(1)).then(() => {
        isDone = true
      })
      await store().entities.count(call)
      expect([isDone, await store().entities.count(call)]).toEqual([false, 0])
      source.unready = undefined
      resolve()
      await writing
      expect(await entitiesIn(call)).toEqual(['urn:x:1'])
    })

    it('has the group of its request, and no other', async () => {
      const call = await fresh()
      await put(store(), call, road(1), road(2), road(1))
      await put(store(), call, road(3))
      await put(store(), call, road(1))
      const groups = new Map((await owedIn(call)).map(({ group, entity }) => [`${entity} ${group}`, group]))
      expect(groups.size).toBe(4)
      expect(new Set(groups.values()).size).toBe(3)
    })

    it('of what expires is owed as well, purged or written', async () => {
      const call = await fresh()
      const until = { expiresAt: new Date(NOW + 10).toISOString() }
      await put(
        store(),
        call,
        entity('urn:x:1', { ...owes({}), ...until }),
        entity('urn:x:2', { ...owes({}), ...until }),
      )
      await store().notices.drop(call, S1)
      setClock(NOW + 10)
      await put(store(), call, entity('urn:x:1'))
      expect(await entitiesIn(call)).toEqual(['urn:x:1'])
      expect(await store().entities.purgeExpired(call, NOW + 10, 10)).toBe(1)
      expect(await entitiesIn(call)).toEqual(['urn:x:1', 'urn:x:2'])
      expect(source.asked.at(-1)).toMatchObject({ cause: 'expiry', before: { id: 'urn:x:2' } })
    })

    it('deleted and made again many times owes each of them, in order', async () => {
      const call = await fresh()
      const changes = Array.from({ length: 20 }, (_, i) => ({
        id: 'urn:x:1',
        change: become(i % 2 === 0 ? owing('urn:x:1', { content: i }) : null),
      }))
      await store().entities.writeMany(call, changes)
      expect((await owedIn(call)).map(({ content }) => content)).toEqual(
        Array.from({ length: 20 }, (_, i) => i - (i % 2)),
      )
      expect(await store().entities.count(call)).toBe(0)
    })
  })

  it('says how late something may come', () => {
    expect(store().notices.lateMs).toBeGreaterThanOrEqual(0)
  })

  describe('what is owed', () => {
    it('is read in order of position, after one, and no more than asked for', async () => {
      const call = await fresh()
      for (let i = 0; i < 5; i++) await put(store(), call, owing('urn:x:1', { content: i }))
      const all = await owedIn(call)
      expect(all.map(({ content }) => content)).toEqual([0, 1, 2, 3, 4])
      const positions = all.map(({ position }) => position)
      expect(positions).toEqual([...positions].sort())
      expect(new Set(positions.map(({ length }) => length)).size).toBe(1)
      expect(new Set(all.map(({ id }) => id)).size).toBe(5)
      expect(await store().notices.owed(call, A, most(2))).toEqual(all.slice(0, 2))
      expect(await store().notices.owed(call, A, most(2), positions[1])).toEqual(all.slice(2, 4))
      expect(await store().notices.owed(call, A, most(2), positions[4])).toEqual([])
      expect(await store().notices.owed(call, 'http://none', most(2))).toEqual([])
    })

    it('is read up to the one that completes so many bytes, which is one at least', async () => {
      const call = await fresh()
      const texts = ['é', 'x'.repeat(600_000), 'a', 'b', 'x'.repeat(600_000)]
      for (const content of texts) await put(store(), call, owing('urn:x:1', { content }))
      const all = await owedIn(call)
      expect(all.map(({ bytes }) => bytes)).toEqual([4, 600_002, 3, 3, 600_002])
      const pagesOf = async (page: NoticePage): Promise<number[]> => {
        const pages: (readonly Notice[])[] = []
        for (let after: string | undefined; ; after = pages.at(-1)?.at(-1)?.position) {
          const read = await store().notices.owed(call, A, page, after)
          if (read.length === 0) break
          pages.push(read)
        }
        expect(pages.flat()).toEqual(all)
        return pages.map(({ length }) => length)
      }
      expect(await pagesOf({ notices: 10, bytes: 0 })).toEqual([1, 1, 1, 1, 1])
      expect(await pagesOf({ notices: 10, bytes: 4 })).toEqual([1, 1, 2, 1])
      expect(await pagesOf({ notices: 10, bytes: 5 })).toEqual([2, 2, 1])
      expect(await pagesOf({ notices: 2, bytes: 1_000_000 })).toEqual([2, 2, 1])
      expect(await pagesOf({ notices: 10, bytes: 2_000_000 })).toEqual([5])
      // What was left unread holds nothing open.
      expect(await store().notices.drop(call, S1)).toBe(5)
    })

    it('takes the place of what the same is owed of the same entity, where only the latest counts', async () => {
      const call = await fresh()
      const latest = (content: number) => ({ content, latestOnly: true })
      await put(
        store(),
        call,
        owing('urn:x:1', latest(1), { ...latest(1), subscription: S2 }),
        owing('urn:x:2', latest(2)),
      )
      const [told] = await owedIn(call)
      await put(store(), call, owing('urn:x:1', latest(3)))
      expect((await owedIn(call)).map(({ subscription, content }) => [subscription, content])).toEqual([
        [S2, 1],
        [S1, 2],
        [S1, 3],
      ])
      // Told meanwhile, what came after it is still owed.
      if (told !== undefined) await store().notices.settle(call, ended([told], 'delivered'))
      expect(await store().notices.backlog(call, S1)).toEqual({ count: 2, oldest: NOW })
      expect(await store().notices.settled(call, S1, 'delivered', 10)).toEqual([])
    })

    it('is folded into what takes its place, where that asks for it, and out of it where it has been told after all', async () => {
      const call = await fresh()
      const change = (...content: readonly string[]) =>
        put(store(), call, owing('urn:x:1', { content, latestOnly: true, folds: true }))
      const contents = async () => (await owedIn(call)).map(({ content }) => content)
      await change('a')
      const [a] = await owedIn(call)
      await change('b')
      const [b] = await owedIn(call)
      await put(store(), call, owing('urn:x:2', { content: ['z'], latestOnly: true, folds: true }))
      await change('c')
      expect(await contents()).toEqual([['z'], ['a', 'b', 'c']])
      const settle = async (told: Notice | undefined) => {
        if (told !== undefined) {
          const one = { state: 'delivered' as const, at: NOW }
          await store().notices.settle(call, [{ id: told.id, ...one, told }])
        }
      }
      await settle(a)
      expect(await contents()).toEqual([['z'], ['b', 'c']])
      await settle(b)
      expect(await contents()).toEqual([['z'], ['c']])
      // One that is still owed when it has been told changes nothing of others.
      const [z, c] = await owedIn(call)
      await settle(z)
      await settle(c)
      await change('d')
      expect(await contents()).toEqual([['d']])
    })

    it('of many changes at once is folded in their order', async () => {
      const call = await fresh()
      const state = (content: string) => become(owing('urn:x:1', { content: [content], latestOnly: true, folds: true }))
      await store().entities.writeMany(
        call,
        ['a', 'b', 'c'].map((each) => ({ id: 'urn:x:1', change: state(each) })),
      )
      expect((await owedIn(call)).map(({ content }) => content)).toEqual([['a', 'b', 'c']])
    })

    it('is counted, with when the first change of it was made', async () => {
      const call = await fresh()
      expect(await store().notices.backlog(call, S1)).toEqual({ count: 0 })
      await put(store(), call, road(1))
      setClock(NOW + 7)
      await put(store(), call, road(2), road(3))
      const owed = await owedIn(call)
      expect(await store().notices.backlog(call, S1)).toEqual({ count: 3, oldest: NOW })
      await store().notices.settle(call, ended(owed.slice(0, 1), 'dead'))
      expect(await store().notices.backlog(call, S1)).toEqual({ count: 2, oldest: NOW + 7 })
    })
  })

  describe('what has ended', () => {
    it('is not owed any more, and is listed by how it ended, the latest first', async () => {
      const call = await fresh()
      await put(store(), call, road(1), road(2), road(3), road(4))
      const [one, two, three, four] = await owedIn(call)
      if (!one || !two || !three || !four) throw new Error('something is not owed')
      const { notices } = store()
      await notices.settle(call, [...ended([two], 'delivered', NOW + 9), ...ended([one], 'delivered', NOW + 10)])
      await notices.settle(call, ended([three], 'dead', NOW + 11, 'status 500'))
      expect(await owedIn(call)).toEqual([four])
      const settlement = { state: 'delivered' } as const
      // Without what was told, which may be large.
      const listed = ({ content, bytes, ...rest }: Notice) => rest
      expect(await notices.settled(call, S1, 'delivered', 10)).toEqual([
        { ...listed(one), settlement: { ...settlement, id: one.id, at: NOW + 10 } },
        { ...listed(two), settlement: { ...settlement, id: two.id, at: NOW + 9 } },
      ])
      expect(await notices.settled(call, S1, 'delivered', 1)).toHaveLength(1)
      expect(await notices.settled(call, S1, 'dead', 10)).toEqual([
        { ...listed(three), settlement: { id: three.id, state: 'dead', at: NOW + 11, reason: 'status 500' } },
      ])
      expect(await notices.settled(call, S2, 'dead', 10)).toEqual([])
    })

    it('stays as it ended first, and what was never there is passed over', async () => {
      const call = await fresh()
      await put(store(), call, road(1))
      const owed = await owedIn(call)
      const { notices } = store()
      const strangers = ['', 'x', 'x.1', `${owed[0]?.id}0`].map((id) => ({ id, state: 'dead', at: NOW }) as const)
      await notices.settle(call, [])
      await notices.settle(call, [...strangers, ...ended(owed, 'dead', NOW + 2)])
      await notices.settle(call, ended(owed, 'delivered', NOW + 3))
      expect(await notices.settled(call, S1, 'delivered', 10)).toEqual([])
      expect(await notices.settled(call, S1, 'dead', 10)).toMatchObject([{ settlement: { at: NOW + 2 } }])
    })

    it('is owed again in a queue, in the old order: all that was given up', async () => {
      const call = await fresh()
      await put(store(), call, road(1), road(2), road(3), road(4))
      const all = await owedIn(call)
      const { notices } = store()
      await notices.settle(call, ended(all.slice(1, 3), 'dead', NOW, 'gone'))
      await notices.settle(call, ended(all.slice(0, 1), 'delivered'))
      source.told.length = 0
      expect(await notices.revive(call, S2, 'http://new', { deadSince: NOW }, NOW + 7)).toBe(0)
      expect(source.told).toEqual([])
      expect(await notices.revive(call, S1, 'http://new', { deadSince: NOW }, NOW + 7)).toBe(2)
      expect(source.told).toEqual([{ tenant: call.tenant, queues: ['http://new'] }])
      expect(await owedIn(call, 'http://new')).toEqual(
        all.slice(1, 3).map((each) => ({ ...each, queue: 'http://new', revivedAt: NOW + 7 })),
      )
      expect(await notices.settled(call, S1, 'dead', 10)).toEqual([])
      expect(await entitiesIn(call)).toEqual(['urn:x:4'])
      await notices.settle(call, ended(await owedIn(call, 'http://new'), 'delivered', NOW + 8))
      const settled = await notices.settled(call, S1, 'delivered', 10)
      expect(settled).toHaveLength(3)
      for (const each of settled) expect(each).not.toHaveProperty('revivedAt')
    })

    it('is owed again: all of changes since then, however it ended', async () => {
      const call = await fresh()
      for (let i = 0; i < 4; i++) {
        setClock(NOW + i)
        await put(store(), call, road(i))
      }
      const all = await owedIn(call)
      await store().notices.settle(call, ended(all.slice(0, 2), 'delivered', NOW + 9))
      await store().notices.settle(call, ended(all.slice(2), 'dead', NOW + 8))
      expect(await store().notices.revive(call, S1, A, { since: NOW + 1 }, NOW + 10)).toBe(3)
      expect(await owedIn(call)).toEqual(all.slice(1).map((each) => ({ ...each, revivedAt: NOW + 10 })))
    })

    it('is listed, and if it was given up owed again, of changes since then', async () => {
      const call = await fresh()
      for (let i = 0; i < 3; i++) {
        setClock(NOW + i)
        await put(store(), call, road(i))
      }
      const all = await owedIn(call)
      const { notices } = store()
      for (const [i, each] of all.entries()) await notices.settle(call, ended([each], 'dead', NOW + 9 - i))
      const listed = async (most: number) =>
        (await notices.settled(call, S1, 'dead', most, NOW + 1)).map(({ entity }) => entity)
      expect(await listed(10)).toEqual(['urn:x:1', 'urn:x:2'])
      expect(await listed(1)).toEqual(['urn:x:1'])
      expect(await notices.revive(call, S1, A, { deadSince: NOW + 1 }, NOW + 10)).toBe(2)
      expect(await entitiesIn(call)).toEqual(['urn:x:1', 'urn:x:2'])
    })

    it('is owed again: what was told in a queue later than at some point', async () => {
      const call = await fresh()
      await put(store(), call, ...Array.from({ length: 7 }, (_, i) => road(i)))
      const all = await owedIn(call)
      const { notices } = store()
      await notices.settle(call, ended(all.slice(5, 6), 'delivered', NOW + 1))
      await notices.settle(call, ended(all.slice(0, 3), 'delivered', NOW + 2))
      await notices.settle(call, ended(all.slice(3, 4), 'delivered', NOW + 3))
      await notices.settle(call, ended(all.slice(4, 5), 'dead', NOW + 3))
      const position = all[1]?.position ?? ''
      const revive = (toldAfter: readonly ToldUpTo[], queue: string) =>
        notices.revive(call, S1, queue, { toldAfter }, NOW + 4)
      expect(await revive([], 'stream://b')).toBe(0)
      expect(await revive([{ queue: 'stream://x', at: 0 }], 'stream://b')).toBe(0)
      expect(await revive([{ queue: A, at: NOW + 2, position }], 'stream://b')).toBe(2)
      expect(await entitiesIn(call, 'stream://b')).toEqual(['urn:x:2', 'urn:x:3'])
      expect(await entitiesIn(call)).toEqual(['urn:x:6'])
      await notices.settle(call, ended(await owedIn(call, 'stream://b'), 'delivered', NOW + 5))
      const both = [
        { queue: 'stream://b', at: NOW + 5, position: all[2]?.position ?? '' },
        { queue: A, at: NOW + 1, position },
      ]
      expect(await revive(both, 'stream://c')).toBe(4)
      expect(await entitiesIn(call, 'stream://c')).toEqual(['urn:x:0', 'urn:x:1', 'urn:x:3', 'urn:x:5'])
    })

    it('in a queue only, has not where it waits in another', async () => {
      const call = await fresh()
      await put(store(), call, road(1), road(2))
      const all = await owedIn(call)
      const { notices } = store()
      await notices.requeue(call, S1, 'stream://b')
      await notices.settle(call, [
        ...ended(all.slice(0, 1), 'delivered').map((each) => ({ ...each, onlyIn: A })),
        ...ended(all.slice(1), 'delivered').map((each) => ({ ...each, onlyIn: 'stream://b' })),
      ])
      expect(await entitiesIn(call, 'stream://b')).toEqual(['urn:x:1'])
      expect(await notices.settled(call, S1, 'delivered', 10)).toMatchObject([{ entity: 'urn:x:2' }])
    })

    it('is forgotten when it is old enough, at most as many as asked for', async () => {
      const call = await fresh()
      await put(store(), call, ...Array.from({ length: 7 }, (_, i) => road(i)))
      const all = await owedIn(call)
      const { notices } = store()
      await notices.settle(call, ended(all.slice(0, 3), 'delivered', NOW + 5))
      await notices.settle(call, ended(all.slice(3, 6), 'dead', NOW + 5))
      const forget = (delivered: number, dead: number, limit: number) =>
        notices.forget(call, { delivered: NOW + delivered, dead: NOW + dead }, limit)
      expect(await forget(5, 5, 10)).toBe(0)
      expect(await forget(6, 5, 2)).toBe(2)
      expect(await forget(6, 6, 2)).toBe(2)
      expect(await notices.settled(call, S1, 'delivered', 10)).toEqual([])
      expect(await notices.settled(call, S1, 'dead', 10)).toHaveLength(2)
      expect(await forget(6, 6, 10)).toBe(2)
      expect(await owedIn(call)).toEqual(all.slice(6))
    })
  })

  it('removes all of a subscription, and says how many were owed', async () => {
    const call = await fresh()
    const both = (i: number) => owing(`urn:x:${i}`, {}, { subscription: S2 })
    await put(store(), call, ...Array.from({ length: 450 }, (_, i) => both(i)))
    const { notices } = store()
    const mine = (await owedIn(call)).filter(({ subscription }) => subscription === S1)
    await notices.settle(call, ended(mine.slice(0, 30), 'delivered'))
    await notices.settle(call, ended(mine.slice(30, 40), 'dead'))
    expect(await notices.drop(call, S1)).toBe(410)
    expect(await notices.drop(call, S1)).toBe(0)
    expect(await notices.backlog(call, S1)).toEqual({ count: 0 })
    for (const state of ['delivered', 'dead'] as const) expect(await notices.settled(call, S1, state, 10)).toEqual([])
    expect(await notices.backlog(call, S2)).toEqual({ count: 450, oldest: NOW })
  })

  describe('what waits in the wrong queue', () => {
    const B = 'http://b'

    it('is moved, all that one subscription is owed, in the old order; what has ended stays as it is', async () => {
      const call = await fresh()
      const both = (i: number) => owing(`urn:x:${i}`, {}, { subscription: S2 })
      await put(store(), call, ...Array.from({ length: 450 }, (_, i) => both(i)), owing('urn:x:b', { queue: B }))
      const { notices } = store()
      const mine = (await owedIn(call)).filter(({ subscription }) => subscription === S1)
      await notices.settle(call, ended(mine.slice(0, 3), 'delivered'))
      await notices.settle(call, ended(mine.slice(3, 5), 'dead'))
      const there = await owedIn(call, B)
      source.told.length = 0
      expect(await notices.requeue(call, S1, B)).toBe(445)
      expect(new Set(source.told.map((each) => JSON.stringify(each)))).toEqual(
        new Set([JSON.stringify({ tenant: call.tenant, queues: [B] })]),
      )
      const moved = mine.slice(5).map((each) => ({ ...each, queue: B }))
      const inOrder = [...moved, ...there].toSorted((a, b) => (a.position < b.position ? -1 : 1))
      expect(await owedIn(call, B)).toEqual(inOrder)
      expect((await owedIn(call)).map(({ subscription }) => subscription)).toEqual(Array(450).fill(S2))
      expect(await notices.backlog(call, S1)).toEqual({ count: 446, oldest: NOW })
      for (const [state, count] of [
        ['delivered', 3],
        ['dead', 2],
      ] as const) {
        expect((await notices.settled(call, S1, state, 10)).map(({ queue }) => queue)).toEqual(Array(count).fill(A))
      }
      await notices.settle(call, ended(moved.slice(0, 1), 'delivered', NOW + 9))
      expect(await notices.settled(call, S1, 'delivered', 1)).toMatchObject([{ id: moved[0]?.id, queue: B }])
    })

    it('comes before what is owed later of its entity elsewhere, as long as it is owed', async () => {
      const call = await fresh()
      for (const queue of [A, B]) await put(store(), call, owing('urn:x:1', { queue }), owing('urn:x:2', { queue }))
      await put(store(), call, owing('urn:x:3', { queue: B, subscription: S2 }))
      const { notices } = store()
      const [first, second] = await owedIn(call)
      const [third, fourth, other] = await owedIn(call, B)
      const isAnyBefore = (...those: readonly (Notice | undefined)[]) =>
        notices.isAnyBefore(
          call,
          those.flatMap((each) => each ?? []),
        )
      expect(await isAnyBefore()).toBe(false)
      expect(await isAnyBefore(first, second, other)).toBe(false)
      expect(await isAnyBefore(third)).toBe(true)
      expect(await isAnyBefore(other, fourth)).toBe(true)
      await notices.settle(call, ended([first as Notice], 'delivered'))
      expect(await isAnyBefore(third)).toBe(false)
      expect(await isAnyBefore(third, fourth)).toBe(true)
      await notices.settle(call, ended([second as Notice], 'dead'))
      expect(await isAnyBefore(third, fourth)).toBe(false)
    })

    it('is nothing where all is where it should be: nobody is told', async () => {
      const call = await fresh()
      await put(store(), call, road(1))
      source.told.length = 0
      expect(await store().notices.requeue(call, S1, A)).toBe(0)
      expect(await store().notices.requeue(call, S2, B)).toBe(0)
      expect(source.told).toEqual([])
      expect(await entitiesIn(call)).toEqual(['urn:x:1'])
    })

    it('is moved while more is owed there: each notice waits in one of the two, once', async () => {
      const call = await fresh()
      const write = async (): Promise<void> => {
        for (let i = 0; i < 30; i++) await put(store(), call, owing('urn:x:1', { content: i }))
      }
      const writing = write()
      for (let i = 0; i < 5; i++) await store().notices.requeue(call, S1, B)
      await writing
      await store().notices.requeue(call, S1, B)
      expect((await owedIn(call, B)).map(({ content }) => content)).toEqual(Array.from({ length: 30 }, (_, i) => i))
      expect(await owedIn(call)).toEqual([])
    })
  })

  it('knows no Tenant that does not exist', async () => {
    const { notices } = store()
    const call = callIn('nobody')
    for (const ask of [
      () => notices.queues(call),
      () => notices.owed(call, A, most(1)),
      () => notices.settle(call, [{ id: 'x.1', state: 'dead', at: NOW }]),
      () => notices.backlog(call, S1),
      () => notices.settled(call, S1, 'dead', 1),
      () => notices.revive(call, S1, A, { deadSince: 0 }, NOW),
      () => notices.requeue(call, S1, A),
      () => notices.drop(call, S1),
      () => notices.forget(call, { delivered: NOW, dead: NOW }, 1),
    ]) {
      await expect(ask()).rejects.toMatchObject({ kind: 'NonexistentTenant' })
    }
  })

  if (!isShared) return

  it('is there in another instance at once, and after all were closed; positions of an entity grow with both', async () => {
    const call = await fresh()
    const other = await another()
    if (other === undefined) throw new Error('there is no other instance on this database')
    for (let i = 0; i < 6; i++) await put(i % 2 === 0 ? store() : other, call, owing('urn:x:1', { content: i }))
    const owed = await other.notices.owed(call, A, most(10))
    expect(owed.map(({ content }) => content)).toEqual([0, 1, 2, 3, 4, 5])
    expect(await owedIn(call)).toEqual(owed)
    await other.notices.settle(call, ended(owed.slice(0, 1), 'dead', NOW, 'why'))
    expect(await owedIn(call)).toEqual(owed.slice(1))
    await other.close()
    const again = await another()
    expect(await again?.notices.owed(call, A, most(10))).toEqual(owed.slice(1))
    expect(await again?.notices.settled(call, S1, 'dead', 10)).toMatchObject([{ settlement: { reason: 'why' } }])
    await again?.close()
  })
}
