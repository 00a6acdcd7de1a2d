/**
 * How much is built at once, and how much of what has been built may be in memory until it is sent. Of one queue there is
 * one build at a time, and its share of the bytes: who is slow, or silent, leaves room for the others.
 */

import { createCounter } from './counter.ts'

export interface BuildRoom {
  /** Whether there is room for another build at all. */
  isFree(): boolean
  /** Whether one of this queue may be begun, where there is. */
  isFreeFor(queue: string): boolean
  begin(queue: string): BuildPlace
}

export interface BuildPlace {
  /** It has so many bytes, which are in memory until the end. */
  built(bytes: number): void
  /** It is in memory no more, or came to nothing. To be called once. */
  end(): void
}

export interface BuildRoomLimits {
  readonly builds: number
  /** What has been built when this is reached is sent first; what is being built then comes on top. */
  readonly bytes: number
  readonly bytesOfQueue: number
}

export const BUILD_ROOM: BuildRoomLimits = { builds: 4, bytes: 67_108_864, bytesOfQueue: 16_777_216 }

/** `onRoom`: called when there may be room again. */
export function createBuildRoom(most: BuildRoomLimits, onRoom: (queue: string) => void): BuildRoom {
  const building = new Set<string>()
  const bytesOf = createCounter()
  let bytes = 0
  const hold = (queue: string, more: number): void => {
    bytes += more
    bytesOf.add(queue, more)
  }
  return {
    isFree: () => building.size < most.builds && bytes < most.bytes,
    isFreeFor: (queue) => !building.has(queue) && bytesOf.of(queue) < most.bytesOfQueue,
    begin: (queue) => {
      let held: number | undefined
      building.add(queue)
      return {
        built: (size) => {
          held = size
          hold(queue, size)
          building.delete(queue)
          onRoom(queue)
        },
        end: () => {
          if (held === undefined) building.delete(queue)
          else hold(queue, -held)
          onRoom(queue)
        },
      }
    },
  }
}
