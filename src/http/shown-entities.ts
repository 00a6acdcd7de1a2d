/** The text of entities in a view, from memory where nothing of what it depends on has changed. */

import { stringifyJson } from '../core/model/json-text.ts'
import { isEmpty, type Rendered } from '../operations/represent.ts'
import type { FoundEntity, KnownState } from '../ports/store.ts'
import { isContextIn, withContext } from './answer.ts'
import type { RememberedText, ShownText } from './answer-cache.ts'
import { type Exchange, list, text } from './exchange.ts'
import { LD_JSON } from './negotiation.ts'
import type { View } from './view.ts'

/** The parameters that a text depends on, beside those that a {@link View} names. */
const TEXTS = ['lang', 'format', 'geometryProperty'] as const
const LISTS = ['options', 'attrs', 'pick', 'omit', 'datasetId'] as const

/** Shows entities in one view. */
export interface Shower {
  /** Which states of entities need not be read, because their texts are remembered. */
  readonly known: KnownState
  /** Those of which nothing is left are left out. */
  show(entities: readonly FoundEntity[]): readonly ShownText[]
}

export function createShower(exchange: Exchange, view: View): Shower {
  const { api, call } = exchange
  const answers = api.answers.of(`${call.tenant}\n${viewKey(exchange, view)}`)
  // What was said to be known is kept until it is shown, whatever is forgotten meanwhile.
  const held = new Map<string, RememberedText>()
  const textFor = (found: FoundEntity): RememberedText => {
    const { state } = found
    const known = state === undefined ? undefined : (held.get(state) ?? answers.find(state))
    if (known !== undefined) return known
    const made = render(view, found)
    if (state !== undefined) answers.remember(state, made)
    return made
  }
  return {
    known: (state) => {
      const shown = answers.find(state)
      if (shown !== undefined) held.set(state, shown)
      return shown?.size
    },
    show: (entities) => entities.map(textFor).filter(({ text }) => text !== NOTHING),
  }
}

/** What is shown of an entity of which pick and omit leave no member: it is no Entity any more. */
const NOTHING = '{}'

function render(view: View, found: FoundEntity): RememberedText {
  const shown = view.render(found.read())
  const { text, altered } = isEmpty(shown.json) ? { text: NOTHING, altered: shown.altered } : textOf(view, shown)
  return { text, altered, size: found.size }
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
