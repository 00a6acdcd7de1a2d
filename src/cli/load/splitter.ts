/** A stream of bytes in, the elements of it out, each as the bytes that were written: no number loses a digit on the way. */

import { CommandError } from '../command-error.ts'

export interface Element {
  /** Where it begins; the first line is 1. */
  readonly line: number
  readonly bytes: Buffer
}

/** Bytes and not text are searched: what structures JSON is ASCII, and no byte of a longer UTF-8 sequence is. */
export interface Splitter {
  /** The elements that this chunk completes. Throws CommandError where the text cannot be gone on with. */
  push(chunk: Buffer): readonly Element[]
  /** What the end completes. Throws CommandError where the text ends too early. */
  end(): readonly Element[]
}

/** Of one element: it is held in memory, and no broker takes more in one request. */
const MAX_ELEMENT_BYTES = 64 * 1024 * 1024

/** The bytes of an element that began in earlier chunks. */
interface Pending {
  readonly size: number
  add(part: Buffer): void
  take(): Buffer
}

export function createPending(): Pending {
  let parts: Buffer[] = []
  let size = 0
  return {
    get size() {
      return size
    },
    add: (part) => {
      parts.push(part)
      size += part.length
      if (size > MAX_ELEMENT_BYTES) throw new CommandError(`an element is larger than ${MAX_ELEMENT_BYTES} bytes`)
    },
    take: () => {
      const bytes = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)
      parts = []
      size = 0
      return bytes
    },
  }
}
