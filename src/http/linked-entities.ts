/** Answers with linked entities in the others or beside them (4.5.23). */

import { setImmediate } from 'node:timers/promises'
import type { Entity, Json } from '../core/model/entity.ts'
import { type Projection, projectionOfLinked } from '../core/query/projection.ts'
import { renderFeatureCollection } from '../core/representation/render-entity.ts'
import type { ShowLinked } from '../core/representation/render-linked.ts'
import { createBudget, type Met, retrieveLinkedEntities } from '../operations/linked-entities.ts'
import type { FoundEntity } from '../ports/store.ts'
import type { ShownText } from './answer-cache.ts'
import type { Exchange } from './exchange.ts'
import { GEO_JSON } from './negotiation.ts'
import { isEmpty, type Shower, textOf } from './shown-entities.ts'
import type { Rendered, View } from './view.ts'

/** The answer of Retrieve Entity (5.7.1.5). Throws TooManyResults. */
export async function showWithLinked(
  exchange: Exchange,
  view: View,
  entity: Entity,
): Promise<{ readonly json: Json; readonly altered: boolean }> {
  if (view.join.kind === 'none') return view.render(entity)
  // It is on the way to everything, and so never shown a second time.
  const from = [{ entity, size: 0 }]
  if (view.join.kind === 'inline') return (await inlining(exchange, view, from))(entity)
  const own = view.render(entity)
  if (isEmpty(own.json)) return own
  // 4.5.23.3: "With the flattened representation, the Context Broker response shall always consist of an array of Entities."
  const all = [own, ...(await appendedTo(exchange, view, from))]
  const json = all.map((each) => each.json)
  return {
    json: view.mediaType === GEO_JSON ? renderFeatureCollection(json) : json,
    altered: all.some(({ altered }) => altered),
  }
}

/** A page of Query Entities (5.7.2.5). Throws TooManyResults. */
export async function showPageWithLinked(
  exchange: Exchange,
  view: View,
  entities: readonly FoundEntity[],
  shower: Shower,
): Promise<readonly ShownText[]> {
  if (view.join.kind === 'none') return shower.show(entities)
  const from = await inTurns(entities, (found) => ({ ...found, entity: found.read() }))
  const asText = (shown: Rendered) => (isEmpty(shown.json) ? [] : [textOf(view, shown)])
  if (view.join.kind === 'inline') {
    const inline = await inlining(exchange, view, from)
    return (await inTurns(from, ({ entity }) => asText(inline(entity)))).flat()
  }
  const appended = (await appendedTo(exchange, view, from)).flatMap(asText)
  const linking = from.map((found) => ({ ...found, read: () => found.entity }))
  return [...shower.show(linking), ...appended]
}

/** Flat: what follows the linking entities. */
async function appendedTo(exchange: Exchange, view: View, from: readonly Met[]): Promise<readonly Rendered[]> {
  const { appended } = await retrieve(exchange, view, from)
  const shown = await inTurns(appended, ({ entity, projection }) => view.render(entity, projection))
  return shown.filter(({ json }) => !isEmpty(json))
}

/** Entities after which others get their turn: they are read or shown in a millisecond. */
const TURN = 50

async function inTurns<T, R>(items: readonly T[], act: (item: T) => R): Promise<readonly R[]> {
  const results: R[] = []
  for (const item of items) {
    if (results.length % TURN === TURN - 1) await setImmediate()
    results.push(act(item))
  }
  return results
}

function retrieve({ api, call }: Exchange, { join, projection }: View, from: readonly Met[]) {
  const { level, containedBy } = join
  const kind = join.kind === 'flat' ? 'flat' : 'inline'
  return retrieveLinkedEntities(api.operations, call, from, { kind, level, containedBy, projection })
}

/**
 * Inline, 5.7.1.5: "then unless a URI has been previously encountered, an entity sub-Property shall be included":
 * encountered on the way to it, as containedBy names what contains an entity. So a loop ends where it begins, and what
 * several entities link to is shown in each of them.
 */
async function inlining(exchange: Exchange, view: View, from: readonly Met[]): Promise<(entity: Entity) => Rendered> {
  const { met } = await retrieve(exchange, view, from)
  const spend = createBudget(exchange.api.operations.limits.pageBytes)
  let altered = false
  const showing = (path: readonly string[], projection: Projection): ShowLinked | undefined => {
    if (path.length > view.join.level) return undefined
    return (relationship, id) => {
      const found = path.includes(id) ? undefined : met.get(id)
      if (found === undefined) return undefined
      spend(found.size)
      const inner = projectionOfLinked(projection, relationship)
      const shown = view.represent(found.entity, inner, showing([...path, id], inner))
      altered ||= shown.altered
      return isEmpty(shown.json) ? undefined : shown.json
    }
  }
  return (entity) => {
    altered = false
    const shown = view.render(entity, view.projection, showing([entity.id], view.projection))
    return { json: shown.json, altered: altered || shown.altered }
  }
}
