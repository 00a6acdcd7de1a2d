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

export interface AnswerCache {
  /** The text with this key, which names all that it depends on; made where it is not remembered. */
  of(key: string, make: () => ShownText): ShownText
  /** The text with this key, where it is remembered. */
  find(key: string): ShownText | undefined
}

/** Bytes of an entry beside its characters. */
const ENTRY_BYTES = 200

/** `maxBytes`: an estimate of memory; 0 remembers nothing. */
export function createAnswerCache(maxBytes: number): AnswerCache {
  if (maxBytes === 0) return { of: (_, make) => make(), find: () => undefined }
  const remembered = new LRUCache<string, ShownText>({
    maxSize: maxBytes,
    maxEntrySize: Math.max(1, Math.floor(maxBytes / 16)),
    sizeCalculation: ({ text }, key) => text.length + key.length + ENTRY_BYTES,
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
