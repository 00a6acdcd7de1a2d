/** JSON arrays and single documents, one after another: the elements of the arrays, and the documents that are none. */

import { CommandError } from '../command-error.ts'
import { createElementScan } from './element-scan.ts'
import { CLOSE_BRACKET, COMMA, NEWLINE, OPEN_BRACKET } from './json-characters.ts'
import { createPending, type Element, type Splitter } from './splitter.ts'

/** What may come next between elements. */
type Expected = 'document' | 'first element or ]' | 'element' | ', or ]'

export function createValueSplitter(): Splitter {
  const scan = createElementScan()
  const pending = createPending()
  let expected: Expected = 'document'
  let line = 1
  let begunAt = 0

  const complete = (elements: Element[]): void => {
    elements.push({ line: begunAt, bytes: pending.take() })
    expected = expected === 'document' ? 'document' : ', or ]'
  }
  /** A byte between elements; true where it is the first of one. */
  const between = (byte: number): boolean => {
    if (byte === NEWLINE) line++
    if (byte === NEWLINE || byte === 0x20 || byte === 0x09 || byte === 0x0d) return false
    const next = stepBetween(expected, byte)
    if (next === undefined) throw unexpected(byte, expected, line)
    if (next !== 'begin') expected = next
    return next === 'begin'
  }

  return {
    push: (chunk) => {
      const elements: Element[] = []
      let at = 0
      while (at < chunk.length) {
        if (!scan.running) {
          if (!between(chunk[at] ?? 0)) {
            at++
            continue
          }
          begunAt = line
        }
        const end = scan.run(chunk, at)
        pending.add(chunk.subarray(at, end))
        line += scan.newlines()
        if (!scan.running) complete(elements)
        at = end
      }
      return elements
    },
    end: () => {
      const elements: Element[] = []
      if (scan.running && !scan.finish()) throw new CommandError(`the file ends within what begins in line ${begunAt}`)
      if (pending.size > 0) complete(elements)
      if (expected !== 'document')
        throw new CommandError(`the file ends in line ${line} before its array does (missing "]")`)
      return elements
    },
  }
}

function stepBetween(expected: Expected, byte: number): Expected | 'begin' | undefined {
  switch (expected) {
    case 'document':
      if (byte === OPEN_BRACKET) return 'first element or ]'
      return byte === CLOSE_BRACKET || byte === COMMA ? undefined : 'begin'
    case 'first element or ]':
      if (byte === CLOSE_BRACKET) return 'document'
      return byte === COMMA ? undefined : 'begin'
    case 'element':
      return byte === CLOSE_BRACKET || byte === COMMA ? undefined : 'begin'
    case ', or ]':
      if (byte === CLOSE_BRACKET) return 'document'
      return byte === COMMA ? 'element' : undefined
  }
}

function unexpected(byte: number, expected: Expected, line: number): CommandError {
  return new CommandError(
    `line ${line}: found "${String.fromCharCode(byte)}" where ${expected} was expected; what follows cannot be read`,
  )
}
