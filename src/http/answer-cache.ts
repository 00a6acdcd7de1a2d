/**
 * Entities as JSON text, remembered: to parse what is stored and to build the answer again costs ten times what it costs
 * to send.
 */

import { LRUCache } from 'lru-cache'

export interface ShownText {
  readonly text: string
  /** Whether it was altered to conform to an earlier version (4.3.6.8). */
  readonly altered: boolean
}

export interface RememberedText extends ShownText {
  /** Of the entity as it is stored: a page has the same size whether its texts are remembered or not. */
  readonly size: number
}

export interface AnswerCache {
  /** The text with this key, which names all that it depends on; made where it is not remembered. */
  of(key: string, make: () => RememberedText): RememberedText
  /** The text with this key, where it is remembered. */
  find(key: string): RememberedText | undefined
}

/** Bytes of an entry beside its characters. */
const ENTRY_BYTES = 200
/** One such character, and all of a string take two bytes. */
const BEYOND_LATIN_1 = /[\u0100-\uffff]/

/** `maxBytes`: an estimate of memory; 0 remembers nothing. */
export function createAnswerCache(maxBytes: number): AnswerCache {
  if (maxBytes === 0) return { of: (_, make) => make(), find: () => undefined }
  const remembered = new LRUCache<string, RememberedText>({
    maxSize: maxBytes,
    maxEntrySize: Math.max(1, Math.floor(maxBytes / 16)),
    sizeCalculation: ({ text }, key) => bytesOf(text) + bytesOf(key) + ENTRY_BYTES,
  })
  return {
    find: (key) => remembered.get(key),
    of: (key, make) => {
      const known = remembered.get(key)
      if (known !== undefined) return known
      const made = make()
      remembered.set(key, made)
      return made
    },
  }
}

function bytesOf(text: string): number {
  return BEYOND_LATIN_1.test(text) ? text.length * 2 : text.length
}
