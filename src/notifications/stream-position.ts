/** Where a client of a stream is, as the ids of its events say. */

import type { Instant } from '../core/model/entity.ts'

export interface StreamPosition {
  /** The stream's name. */
  readonly stream: string
  /** How many resets the client knows of. */
  readonly resets: number
  /** Over which of the stream's connections it was told. */
  readonly connection: number
  /** When it was told, by a clock of the stream's own that never stands still nor goes back. */
  readonly at: Instant
  /** Of the change that was told: the same whenever it is told. Absent where none was. */
  readonly notice?: string
}

export function eventIdOf({ stream, resets, connection, at, notice }: StreamPosition): string {
  return [stream, resets, connection, at, ...(notice === undefined ? [] : [notice])].join('.')
}

/** Undefined where it is no id of an event. */
export function positionOf(eventId: string): StreamPosition | undefined {
  const [, stream, resets, connection, at, notice] =
    /^([0-9a-f-]{36})\.(\d{1,9})\.(\d{1,9})\.(\d{1,15})(?:\.([0-9a-z]{1,40}))?$/.exec(eventId) ?? []
  if (stream === undefined) return undefined
  const numbers = { resets: Number(resets), connection: Number(connection), at: Number(at) }
  return { stream, ...numbers, ...(notice !== undefined && { notice }) }
}
