import { expect, it } from 'vitest'
import { createHosts, type HostUser } from './hosts.ts'

const [A, B] = ['http://h/a', 'http://h/b']
const failed = { ok: false, reason: 'nobody is there' } as const
const refused = { ok: false, reason: 'no', status: 500 } as const

function hostsOf() {
  let now = 0
  const hosts = createHosts({ now: () => now, retry: { firstMs: 100, mostMs: 1_000 } } as const)
  const told: string[] = []
  const use = (name: string, isWaiting = false, key = 'h') => {
    const tell = (what: string) => () => void told.push(`${name} ${what}`)
    const user: HostUser = { isWaiting: () => isWaiting, onFree: tell('free'), onRecovered: tell('recovered') }
    return hosts.use(key, user)
  }
  const pass = (ms: number): void => {
    now += ms
  }
  return { use, told, pass }
}

it('have the same places for all who use one, and tell the others when one is free', () => {
  const { use, told } = hostsOf()
  const [one, other, elsewhere] = [use('one'), use('other', true), use('elsewhere', true, 'i')]
  const end = one.begin(A)
  expect([one, other, elsewhere].map((host) => host.isFree())).toEqual([false, false, true])
  expect([one.isWanted(), other.isWanted(), elsewhere.isWanted()]).toEqual([true, false, false])
  end()
  expect(told).toEqual(['other free'])
  other.note(A, { ok: true }, 0)
  one.begin(A)
  expect([other.isFree(), other.isFreeAt(A), other.isFreeAt(B)]).toEqual([true, false, true])
  other.begin(B)
  expect(one.isFree()).toBe(false)
})

it('are spared for all when nobody is there, and endpoints when they refuse', () => {
  const { use, told, pass } = hostsOf()
  const [one, other] = [use('one'), use('other')]
  for (const uri of [A, B]) other.endpoint(uri)
  for (let i = 0; i < 3; i++) one.note(A, refused, 0)
  expect([other.waitMs(), other.sparedMs({ uri: B })]).toEqual([0, 0])
  expect(other.sparedMs({ uri: A })).toBeGreaterThanOrEqual(50)
  pass(100)
  other.note(A, { ok: true }, 0)
  expect(told).toEqual(['one recovered', 'other recovered'])
  expect(one.sparedMs({ uri: A })).toBe(0)
  pass(1)
  // That one of them fails says nothing of the host, that all do does.
  for (let i = 0; i < 3; i++) one.note(B, failed, one.now())
  expect(other.waitMs()).toBe(0)
  for (let i = 0; i < 3; i++) one.note(A, failed, one.now())
  expect(other.waitMs()).toBeGreaterThanOrEqual(50)
  expect([one.isFree(), other.isFree()]).toEqual([false, false])
})

it('spare an endpoint for the cooldown of who is to be told', () => {
  const { use, pass } = hostsOf()
  const host = use('one')
  host.endpoint(A)
  host.note(A, refused, 0)
  pass(400)
  expect([host.sparedMs({ uri: A, cooldown: 1_000 }), host.sparedMs({ uri: A })]).toEqual([600, 0])
})

it('are known for as long as somebody has them', () => {
  const { use } = hostsOf()
  const [one, other] = [use('one'), use('other')]
  for (const host of [one, other]) host.endpoint(A)
  for (let i = 0; i < 3; i++) one.note(A, failed, 0)
  one.keep(new Set())
  expect([other.endpoint(A).isSpared(), one.isFree()]).toEqual([true, false])
  other.keep(new Set())
  expect(other.endpoint(A).isSpared()).toBe(false)
  one.leave()
  const end = other.begin(A)
  other.leave()
  const next = use('next')
  expect(next.isFree()).toBe(false)
  end()
  next.leave()
  expect(use('last').isFree()).toBe(true)
})
