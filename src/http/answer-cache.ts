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
  /** What is remembered of a view, which the key names with all that it depends on but the entity. */
  of(view: string): ViewCache
}

/** Texts of entities in one view. */
interface ViewCache {
  /** The text of an entity in this state, where it is remembered. */
  find(state: string): RememberedText | undefined
  remember(state: string, text: RememberedText): void
}

/** Views come from clients. What is remembered of one that is not, is forgotten as it is not asked for. */
const VIEWS = 10_000
/** Characters of a view's name; what is shown in views with longer ones is made each time. */
const MOST_NAME = 2_000
const FORGETFUL: ViewCache = { find: () => undefined, remember: () => {} }

/** Bytes of an entry beside its characters. */
const ENTRY_BYTES = 200
/** One such character, and all of a string take two bytes. */
const BEYOND_LATIN_1 = /[\u0100-\uffff]/

/** `maxBytes`: an estimate of memory; 0 remembers nothing. */
export function createAnswerCache(maxBytes: number): AnswerCache {
  if (maxBytes === 0) return { of: () => FORGETFUL }
  const remembered = new LRUCache<string, RememberedText>({
    maxSize: maxBytes,
    maxEntrySize: Math.max(1, Math.floor(maxBytes / 16)),
    sizeCalculation: ({ text }, key) => bytesOf(text) + bytesOf(key) + ENTRY_BYTES,
  })
  // A long name in every key would take more memory than many a text.
  const numbers = new LRUCache<string, number>({ max: VIEWS })
  let last = 0
  const numberOf = (view: string): number => {
    const number = numbers.get(view) ?? ++last
    numbers.set(view, number)
    return number
  }
  return {
    of: (view) => {
      if (view.length > MOST_NAME) return FORGETFUL
      const prefix = `${numberOf(view)} `
      return {
        find: (state) => remembered.get(prefix + state),
        remember: (state, text) => remembered.set(prefix + state, text),
      }
    },
  }
}

function bytesOf(text: string): number {
  return BEYOND_LATIN_1.test(text) ? text.length * 2 : text.length
}
