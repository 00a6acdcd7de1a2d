/** Entities shown with those that they are linked to (4.5.23), in them or beside them. */

import { setImmediate } from 'node:timers/promises'
import type { Entity } from '../core/model/entity.ts'
import { type Projection, projectionOfLinked } from '../core/query/projection.ts'
import type { Changes } from '../core/representation/render-changes.ts'
import type { ShowLinked } from '../core/representation/render-linked.ts'
import type { Call } from '../ports/call.ts'
import { createBudget, type Met, retrieveLinkedEntities } from './linked-entities.ts'
import type { OperationContext } from './operation-context.ts'
import { isEmpty, type Rendered, type Representer } from './represent.ts'

/** Which linked entities are shown. */
export interface Linking {
  readonly kind: 'none' | 'inline' | 'flat'
  /** How many Relationships are followed; 0 where none are. */
  readonly level: number
  /** Ids of entities that are not wanted again. */
  readonly containedBy: readonly string[]
}

/** Shows entities, with those that they are linked to. */
export interface LinkingView extends Pick<Representer, 'projection' | 'render' | 'represent'> {
  readonly join: Linking
}

/** Flat: what follows the linking entities. Throws TooManyResults. */
export async function appendedTo(
  context: OperationContext,
  call: Call,
  view: LinkingView,
  from: readonly Met[],
): Promise<readonly Rendered[]> {
  const { appended } = await retrieve(context, call, view, from)
  const shown = await inTurns(appended, ({ entity, projection }) => view.render(entity, projection))
  return shown.filter(({ json }) => !isEmpty(json))
}

/**
 * Inline, 5.7.1.5: "then unless a URI has been previously encountered, an entity sub-Property shall be included":
 * encountered on the way to it, as containedBy names what contains an entity. So a loop ends where it begins, and what
 * several entities link to is shown in each of them. Throws TooManyResults, as does what it returns.
 */
export async function inlining(
  context: OperationContext,
  call: Call,
  view: LinkingView,
  from: readonly Met[],
): Promise<(entity: Entity, changes?: Changes) => Rendered> {
  const { met } = await retrieve(context, call, view, from)
  const spend = createBudget(context.limits.pageBytes)
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
  return (entity, changes) => {
    altered = false
    const shown = view.render(entity, view.projection, showing([entity.id], view.projection), changes)
    return { json: shown.json, altered: altered || shown.altered }
  }
}

function retrieve(context: OperationContext, call: Call, { join, projection }: LinkingView, from: readonly Met[]) {
  const { level, containedBy } = join
  const kind = join.kind === 'flat' ? 'flat' : 'inline'
  return retrieveLinkedEntities(context, call, from, { kind, level, containedBy, projection })
}

/** Entities after which others get their turn: they are read or shown in a millisecond. */
const TURN = 50

/** As `map`, but so that others get their turn. */
export async function inTurns<T, R>(items: readonly T[], act: (item: T) => R): Promise<readonly R[]> {
  const results: R[] = []
  for (const item of items) {
    if (results.length % TURN === TURN - 1) await setImmediate()
    results.push(act(item))
  }
  return results
}
