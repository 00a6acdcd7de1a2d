import { expect, it } from 'vitest'
import { createWindow } from '../../src/notifications/window.ts'
import type { Notice } from '../../src/ports/notices.ts'

let position = 0
function notice(entity: string, group: string, more: Partial<Notice> = {}): Notice {
  const id = String(++position).padStart(6, '0')
  const queue = 'http://a'
  return {
    id,
    position: id,
    entity,
    group,
    subscription: 's',
    queue,
    content: null,
    bytes: 4,
    latestOnly: false,
    since: 0,
    ...more,
  }
}

const ids = (notices: readonly Notice[] | undefined) => notices?.map(({ id }) => id)

it('takes together what one request changed, and nothing of it that waits behind another change of its entity', () => {
  const window = createWindow()
  const first = notice('a', 'g1')
  const [other, later] = [notice('b', 'g2'), notice('a', 'g2')]
  window.add([first, other, later])
  expect(ids(window.take(({ id }) => id !== first.id))).toEqual([other.id])
  expect(ids(window.take(() => true))).toEqual([first.id])
  expect(window.take(() => true)).toBeUndefined()
  window.finish([first])
  expect(ids(window.take(() => true))).toEqual([later.id])
})

it('takes the latest states of all entities together, each once', () => {
  const window = createWindow()
  const latestOnly = true
  const notices = ['a', 'b', 'a', 'c'].map((entity, i) => notice(entity, `g${i}`, { latestOnly }))
  window.add(notices)
  expect(ids(window.take(() => true))).toEqual([notices[0], notices[1], notices[3]].map((each) => each?.id))
})

it('takes no more bytes together than a receiver may take, but all that is told as its latest state', () => {
  const large = { bytes: 3_000_000 }
  for (const latestOnly of [false, true]) {
    const window = createWindow()
    const notices = ['a', 'b', 'c'].map((entity) => notice(entity, 'g', { ...large, latestOnly }))
    window.add(notices)
    expect(window.take(() => true)).toEqual(latestOnly ? notices : notices.slice(0, 2))
  }
})

it('has the bytes of what waits and of what is under way, each once', () => {
  const window = createWindow()
  const [one, two, three] = [notice('a', 'g1'), notice('a', 'g2'), notice('b', 'g3')]
  const sizes: number[] = []
  const then = (act: () => void): void => {
    act()
    sizes.push(window.bytes)
  }
  then(() => window.add([one, two, three]))
  then(() => window.add([one, two]))
  then(() => window.take(() => true))
  then(() => window.finish([one]))
  then(() => window.forget([one.id]))
  then(() => window.forget([two.id, 'x']))
  then(() => window.finish([three, three]))
  then(() => window.add([two]))
  expect(sizes).toEqual([12, 12, 12, 8, 8, 4, 0, 4])
})
