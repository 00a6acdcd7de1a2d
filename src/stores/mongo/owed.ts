/** What changes of an entity owe, as it stands in the entity's own document until it is moved (mover.ts). */

import type { EntityChange } from '../../core/model/change.ts'
import { stringifyJson } from '../../core/model/json-text.ts'
import type { HistoryPolicy } from '../../ports/history.ts'
import type { Owing } from '../common/owing.ts'
import { setApart } from './apart.ts'
import { pastOf, sizeOfPast } from './history/past-of.ts'
import type { Past } from './history/stored.ts'
import type { NoticeDocument, OwedChange } from './stored.ts'

/** The place of a notice, later than one. */
export type NextPosition = (beyond: string | undefined) => string

/** Gathers what the steps of one entity owe. */
export interface Gathering {
  /** Returns the queues in which something is owed for the change. */
  add(owing: Owing, change: EntityChange): readonly string[]
  /** What is done to the evolution beside that; returns the position of it. */
  record(past: Past, since: number): string
  readonly owed: readonly OwedChange[]
  /** What is too much to stand in the document of the entity: to be kept before that is written (apart.ts). */
  readonly apart: readonly NoticeDocument[]
}

/** Bytes that one change may owe in the document of its entity. */
const MOST_OF_CHANGE = 500_000

/** `last`: the position of the last notice of the entity. */
export function createGathering(next: NextPosition, last: string | undefined, history: HistoryPolicy): Gathering {
  const owed: OwedChange[] = []
  const apart: NoticeDocument[] = []
  let position = last
  const record = (past: Past, since: number): string => {
    const last = next(position)
    position = last
    const bytes = sizeOfPast(past)
    owed.push({ group: '', since, bytes, contents: [], notices: [], last, past })
    return last
  }
  return {
    record,
    owed,
    apart,
    add: ({ group, noticesOf }, change) => {
      const found = noticesOf(change)
      const past = pastOf(change, history)
      if (past !== undefined) record(past, change.now)
      if (found.length === 0) return []
      const contents = createContents()
      const notices = found.map(({ content, ...notice }) => {
        position = next(position)
        return { position, ...notice, content: contents.placeOf(stringifyJson(content)) }
      })
      const bytes = contents.bytes() + found.length * OF_NOTICE
      const [{ position: first = '' } = {}, { position: last = '' } = {}] = [notices[0], notices.at(-1)]
      const owing = { group, since: change.now, bytes, contents: contents.list, notices, last }
      if (bytes <= MOST_OF_CHANGE) owed.push(owing)
      else {
        owed.push({ ...owing, bytes: OF_NOTICE, contents: [], notices: [], first })
        for (const each of noticesIn([owing])) apart.push(setApart(each))
      }
      return found.map(({ queue }) => queue)
    },
  }
}

/** Bytes of a notice beside its content, about. */
const OF_NOTICE = 400

type Content = OwedChange['contents'][number]

/** Many subscriptions are told the same: it stands once. */
function createContents() {
  const list: Content[] = []
  const places = new Map<string, number>()
  return {
    list,
    bytes: () => list.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0),
    placeOf: ({ text, exact }: Content): number => {
      const known = places.get(text)
      if (known !== undefined) return known
      places.set(text, list.length)
      return list.push({ text, exact }) - 1
    },
  }
}

/** Of the last of them; the mark of a document that has not moved them. */
export function lastPosition(owed: readonly OwedChange[]): string | undefined {
  return owed.at(-1)?.last
}

/** As each is kept, always with the same id. */
export function noticesIn(owed: readonly OwedChange[]): readonly NoticeDocument[] {
  return owed.flatMap(({ group, since, contents, notices }) =>
    notices.map(({ content, ...notice }) => {
      const { text, exact } = contents[content] ?? { text: 'null', exact: false }
      return {
        _id: `${group}.${notice.position}`,
        ...notice,
        group,
        since,
        state: 'owed',
        content: text,
        exact,
      } as const
    }),
  )
}
