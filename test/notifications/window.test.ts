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
