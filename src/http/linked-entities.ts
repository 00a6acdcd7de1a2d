/** Answers with linked entities in the others or beside them (4.5.23). */

import type { Entity, Json } from '../core/model/entity.ts'
import { renderFeatureCollection } from '../core/representation/render-entity.ts'
import { isEmpty, type Rendered } from '../operations/represent.ts'
import { appendedTo, inlining, inTurns } from '../operations/shown-linked.ts'
import type { FoundEntity } from '../ports/store.ts'
import type { ShownText } from './answer-cache.ts'
import type { Exchange } from './exchange.ts'
import { GEO_JSON } from './negotiation.ts'
import { type Shower, textOf } from './shown-entities.ts'
import type { View } from './view.ts'

/** The answer of Retrieve Entity (5.7.1.5). Throws TooManyResults. */
export async function showWithLinked(
  { api, call }: Exchange,
  view: View,
  entity: Entity,
): Promise<{ readonly json: Json; readonly altered: boolean }> {
  if (view.join.kind === 'none') return view.render(entity)
  // It is on the way to everything, and so never shown a second time.
  const from = [{ entity, size: 0 }]
  if (view.join.kind === 'inline') return (await inlining(api.operations, call, view, from))(entity)
  const own = view.render(entity)
  if (isEmpty(own.json)) return own
  // 4.5.23.3: "With the flattened representation, the Context Broker response shall always consist of an array of Entities."
  const all = [own, ...(await appendedTo(api.operations, call, view, from))]
  const json = all.map((each) => each.json)
  return {
    json: view.mediaType === GEO_JSON ? renderFeatureCollection(json) : json,
    altered: all.some(({ altered }) => altered),
  }
}

/** A page of Query Entities (5.7.2.5). Throws TooManyResults. */
export async function showPageWithLinked(
  { api, call }: Exchange,
  view: View,
  entities: readonly FoundEntity[],
  shower: Shower,
): Promise<readonly ShownText[]> {
  if (view.join.kind === 'none') return shower.show(entities)
  const from = await inTurns(entities, (found) => ({ ...found, entity: found.read() }))
  const asText = (shown: Rendered) => (isEmpty(shown.json) ? [] : [textOf(view, shown)])
  if (view.join.kind === 'inline') {
    const inline = await inlining(api.operations, call, view, from)
    return (await inTurns(from, ({ entity }) => asText(inline(entity)))).flat()
  }
  const appended = (await appendedTo(api.operations, call, view, from)).flatMap(asText)
  const linking = from.map((found) => ({ ...found, read: () => found.entity }))
  return [...shower.show(linking), ...appended]
}
