/**
 * Entities as JSON text, remembered: to parse what is stored and to build the answer again costs ten times what it costs
 * to send. What is remembered is known by the state of the entity and by all that the text depends on of the request.
 */

import { LRUCache } from 'lru-cache'
import { stringifyJson } from '../core/model/json-text.ts'
import type { FoundEntity } from '../ports/store.ts'
import { isContextIn, withContext } from './answer.ts'
import { type Exchange, list, text } from './exchange.ts'
import { LD_JSON } from './negotiation.ts'
import type { View } from './view.ts'

export interface ShownText {
  readonly text: string
  /** Whether it was altered to conform to an earlier version (4.3.6.8). */
  readonly altered: boolean
}

export interface ShownEntities {
  /** The text of each entity in a view. */
  show(exchange: Exchange, view: View, entities: readonly FoundEntity[]): readonly ShownText[]
}

/** Bytes of an entry beside its characters. */
const ENTRY_BYTES = 200
/** The parameters that a text depends on, beside those that a {@link View} names. */
const TEXTS = ['lang', 'format', 'geometryProperty'] as const
const LISTS = ['options', 'attrs', 'pick', 'omit', 'datasetId'] as const

/** `maxBytes`: an estimate of memory; 0 remembers nothing. */
export function createShownEntities(maxBytes: number): ShownEntities {
  const remembered =
    maxBytes === 0
      ? undefined
      : new LRUCache<string, ShownText>({
          maxSize: maxBytes,
          maxEntrySize: maxBytes / 16,
          sizeCalculation: ({ text }, key) => text.length + key.length + ENTRY_BYTES,
        })
  return {
    show: (exchange, view, entities) => {
      const prefix = `${exchange.call.tenant}\n${viewKey(exchange, view)}\n`
      return entities.map((found) => {
        if (found.state === undefined) return render(view, found)
        const key = prefix + found.state
        const known = remembered?.get(key)
        if (known !== undefined) return known
        const shown = render(view, found)
        remembered?.set(key, shown)
        return shown
      })
    },
  }
}

function render(view: View, found: FoundEntity): ShownText {
  const { json, altered } = view.render(found.read())
  const inEach = view.mediaType === LD_JSON && isContextIn(view)
  return { text: stringifyJson(inEach ? withContext(json, view.context.body) : json).text, altered }
}

/** Equal for requests that show an entity equally. */
function viewKey({ parameters }: Exchange, { context, mediaType, contextInBody, version }: View): string {
  const key: unknown[] = [context.key, mediaType, contextInBody, version]
  for (const name of TEXTS) key.push(text(parameters, name))
  for (const name of LISTS) key.push(list(parameters, name))
  return JSON.stringify(key)
}
