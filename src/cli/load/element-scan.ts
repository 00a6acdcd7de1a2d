/** Finds where one JSON value ends, over chunks: strings, escapes and depth are all that it has to know. */

import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  NEWLINE,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from './json-characters.ts'

interface ElementScan {
  /** Whether an element has begun and not ended. */
  readonly running: boolean
  /** Goes on from a position; returns where the element ends, or the length of the chunk. */
  run(chunk: Buffer, from: number): number
  /** Line breaks passed since the last call. */
  newlines(): number
  /** The text has ended; whether that may be where the element does (a number or word). */
  finish(): boolean
}

export function createElementScan(): ElementScan {
  let running = false
  let depth = 0
  let inString = false
  let escaped = false
  let passed = 0

  /** Index after the string's closing quote, or the length of the chunk. */
  const throughString = (chunk: Buffer, from: number): number => {
    for (let i = from; i < chunk.length; i++) {
      const byte = chunk[i]
      if (byte === NEWLINE) passed++
      if (escaped) escaped = false
      else if (byte === BACKSLASH) escaped = true
      else if (byte === QUOTE) {
        inString = false
        return i + 1
      }
    }
    return chunk.length
  }
  const ended = (at: number): number => {
    running = false
    return at
  }
  return {
    get running() {
      return running
    },
    newlines: () => {
      const count = passed
      passed = 0
      return count
    },
    finish: () => {
      running = false
      return depth === 0 && !inString
    },
    run: (chunk, from) => {
      let i = from
      let first = !running
      running = true
      while (i < chunk.length) {
        if (inString) {
          i = throughString(chunk, i)
          if (!inString && depth === 0) return ended(i)
          continue
        }
        const byte = chunk[i] ?? 0
        if (depth === 0 && !first && isDelimiter(byte)) return ended(i)
        first = false
        if (byte === NEWLINE) passed++
        else if (byte === QUOTE) inString = true
        else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++
        else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth <= 0) {
          depth = 0
          return ended(i + 1)
        }
        i++
      }
      return chunk.length
    },
  }
}

/** What ends a number or a word. */
function isDelimiter(byte: number): boolean {
  return byte === COMMA || byte === CLOSE_BRACKET || byte <= 0x20
}
