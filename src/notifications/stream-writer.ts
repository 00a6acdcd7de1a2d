/** Tells the client of a stream what it is owed, one after the other, and settles what was told. */

import type { Instant } from '../core/model/entity.ts'
import { Problem } from '../core/model/problems.ts'
import type { Told } from '../core/subscription/tell.ts'
import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { Notice, NoticePage, NoticeStore, Settlement } from '../ports/notices.ts'
import type { ShowChange, StreamClient, StreamEvent } from '../ports/streams.ts'
import { queueOf } from './queue-name.ts'
import type { HeldStream } from './stream-documents.ts'
import { eventIdOf } from './stream-position.ts'
import { whyUnbuilt } from './why-unbuilt.ts'

export interface StreamWriter {
  /** How much may be read next: no more than a client may take in a moment is in memory. */
  readonly most: NoticePage
  /** Whether the client was sent more than the first event. */
  readonly hasTold: boolean
  /** In order; ends early where the client has gone. Throws what the store throws, and may be called with the rest again. */
  tell(page: readonly Notice[]): Promise<void>
  /** Settles what was told and is not settled yet, which must not be read before. */
  settle(): Promise<void>
  /** Without a name: a sign of life, and where the client is. */
  mark(name?: 'ready' | 'reset'): Promise<void>
  /** The client has to be told from now on that it knows of so many. */
  reset(resets: number): Promise<void>
}

interface StreamWriterDeps {
  readonly call: Call
  readonly notices: Pick<NoticeStore, 'settle'>
  readonly client: StreamClient
  readonly clock: Clock
  readonly show: ShowChange
  readonly stream: HeldStream
  /** When the stream was told last, by its own clock. */
  readonly toldAt: Instant
  /** Something was given up; the client is to be told of it. */
  readonly gaveUp: () => Promise<void>
}

/** Notices of a page, about how many characters of them are sent, and bytes that are read. */
const MOST = 100
const FIRST = 10
const CHARACTERS = 262_144

export function createStreamWriter(deps: StreamWriterDeps): StreamWriter {
  const { call, notices, client, clock, show, stream, gaveUp } = deps
  const { name, connection, subscription } = stream
  const queue = queueOf(subscription.endpoint.uri)
  let { toldAt } = deps
  let { resets } = stream
  let limit = FIRST
  let told: Settlement[] = []
  let sent = 0

  const send = async (event: StreamEvent): Promise<boolean> => {
    const hasRoom = await client.send(event)
    if (hasRoom) sent++
    return hasRoom
  }
  const nextAt = (): Instant => {
    toldAt = Math.max(clock.now(), toldAt + 1)
    return toldAt
  }
  const add = (settlement: Pick<Settlement, 'id' | 'state' | 'at' | 'reason'>): void => {
    told.push({ ...settlement, onlyIn: queue })
  }
  /** Characters that were sent; undefined where the client has gone. */
  const tellOne = async ({ id, content, position }: Notice, at: Instant): Promise<number | undefined> => {
    const change = content as unknown as Told
    try {
      const data = await show(call, subscription, change)
      const eventId = eventIdOf({ stream: name, resets, connection, at, notice: position })
      if (data !== undefined && !(await send({ name: nameOf(change), id: eventId, data }))) return undefined
      add({ id, state: 'delivered', at })
      return data?.length ?? 0
    } catch (error) {
      // Nothing that is tried again would change it.
      if (!(error instanceof Problem)) throw error
      call.log.warn(
        { error, tenant: call.tenant, stream: name },
        'a change could not be shown to a stream; it is given up',
      )
      await gaveUp()
      add({ id, state: 'dead', at, reason: whyUnbuilt(call, error) })
      return 0
    }
  }
  const mark: StreamWriter['mark'] = async (event) => {
    const id = eventIdOf({ stream: name, resets, connection, at: nextAt() })
    const data = JSON.stringify({ stream: name })
    await send(event === undefined ? { id } : { name: event, id, data })
  }
  return {
    get most() {
      return { notices: limit, bytes: CHARACTERS }
    },
    get hasTold() {
      return sent > 1
    },
    tell: async (page) => {
      const at = nextAt()
      let characters = 0
      for (const notice of page) {
        const sent = await tellOne(notice, at)
        if (sent === undefined) return
        characters += sent
      }
      if (page.length > 0) limit = limitFor(characters / page.length)
    },
    settle: async () => {
      if (told.length === 0) return
      await notices.settle(call, told)
      told = []
    },
    mark,
    reset: async (known) => {
      if (known <= resets) return
      resets = known
      await mark('reset')
    },
  }
}

function limitFor(characters: number): number {
  return Math.max(1, Math.min(MOST, Math.floor(CHARACTERS / Math.max(1, characters))))
}

function nameOf({ isCreated, deletedAt }: Told): NonNullable<StreamEvent['name']> {
  if (deletedAt !== undefined) return 'entityDeleted'
  return isCreated ? 'entityCreated' : 'entityUpdated'
}
