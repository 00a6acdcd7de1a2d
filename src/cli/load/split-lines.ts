/** NDJSON: an element a line, so that a broken line costs nothing but itself. */

import { createPending, type Element, type Splitter } from './splitter.ts'

const NEWLINE = 0x0a

export function createLineSplitter(): Splitter {
  const pending = createPending()
  let line = 1
  const complete = (): Element[] => {
    const bytes = pending.take()
    const element = { line, bytes }
    line++
    return isBlank(bytes) ? [] : [element]
  }
  return {
    push: (chunk) => {
      const elements: Element[] = []
      let start = 0
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
        pending.add(chunk.subarray(start, end))
        elements.push(...complete())
        start = end + 1
      }
      pending.add(chunk.subarray(start))
      return elements
    },
    end: complete,
  }
}

/** Space, tab, carriage return. */
function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)
}
