/** The text of entities in a view, from memory where nothing of what it depends on has changed. */

import type { JsonObject } from '../core/model/entity.ts'
import { stringifyJson } from '../core/model/json-text.ts'
import type { FoundEntity } from '../ports/store.ts'
import { isContextIn, withContext } from './answer.ts'
import type { ShownText } from './answer-cache.ts'
import { type Exchange, list, text } from './exchange.ts'
import { LD_JSON } from './negotiation.ts'
import type { Rendered, View } from './view.ts'

/** The parameters that a text depends on, beside those that a {@link View} names. */
const TEXTS = ['lang', 'format', 'geometryProperty'] as const
const LISTS = ['options', 'attrs', 'pick', 'omit', 'datasetId'] as const

export function showEntities(exchange: Exchange, view: View, entities: readonly FoundEntity[]): readonly ShownText[] {
  const { api, call } = exchange
  const prefix = `${call.tenant}\n${viewKey(exchange, view)}\n`
  return entities
    .map((found) =>
      found.state === undefined ? render(view, found) : api.answers.of(prefix + found.state, () => render(view, found)),
    )
    .filter(({ text }) => text !== NOTHING)
}

/** What is shown of an entity of which pick and omit leave no member: it is no Entity any more. */
const NOTHING = '{}'

function render(view: View, found: FoundEntity): ShownText {
  const shown = view.render(found.read())
  return isEmpty(shown.json) ? { text: NOTHING, altered: shown.altered } : textOf(view, shown)
}

/** Whether pick and omit leave no member. */
export function isEmpty(json: JsonObject): boolean {
  for (const _member in json) return false
  return true
}

/** An element of a page. */
export function textOf(view: View, { json, altered }: Rendered): ShownText {
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
