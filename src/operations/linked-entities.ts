/** Linked Entity Retrieval (4.5.23): the entities that Relationships lead to, a level at a time. */

import type { Entity } from '../core/model/entity.ts'
import { Problem } from '../core/model/problems.ts'
import { linksOf, type Projection } from '../core/query/projection.ts'
import type { Call } from '../ports/call.ts'
import type { FoundEntity, Store } from '../ports/store.ts'
import type { OperationContext } from './operation-context.ts'

/** An entity that is at hand. */
export interface Met {
  readonly entity: Entity
  /** As FoundEntity.size. */
  readonly size: number
}

export interface LinkedRetrieval {
  readonly kind: 'inline' | 'flat'
  /** How many Relationships are followed. */
  readonly level: number
  /** Of the entities that the retrieval begins with. */
  readonly projection: Projection
  /** Ids of entities that are not wanted again. */
  readonly containedBy: readonly string[]
}

/** An entity of an answer, and by which projection it is shown. */
export interface Shown extends Met {
  readonly projection: Projection
}

export interface LinkedEntities {
  /** All by id, those that the retrieval began with among them, without those of containedBy. */
  readonly met: ReadonlyMap<string, Met>
  /** Flat: what follows those that the retrieval began with, in the order in which they were met. */
  readonly appended: readonly Shown[]
}

interface Step {
  readonly id: string
  readonly projection: Projection
}

/**
 * Looks up what the Relationships of entities lead to, and theirs, as far as they are stored here, and each once.
 * Throws TooManyResults where more would be looked up, or shown, than one request may have.
 */
export async function retrieveLinkedEntities(
  context: OperationContext,
  call: Call,
  from: readonly Met[],
  retrieval: LinkedRetrieval,
): Promise<LinkedEntities> {
  const { kind, level, projection, containedBy } = retrieval
  const met = new Map(from.map((each) => [each.entity.id, each]))
  const look = createLookup(context, call, met)
  const isNew = createEncounters(retrieval)
  const spend = createBudget(context.limits.pageBytes)
  const appended: Shown[] = []
  let steps: readonly Step[] = from.map(({ entity: { id } }) => ({ id, projection }))
  for (const step of steps) isNew(step)
  for (let depth = 0; depth < level && steps.length > 0; depth++) {
    steps = shownBy(steps, met).flatMap((shown) => linksOf(shown.entity, shown.projection).filter(isNew))
    await look(steps)
    const shown = shownBy(steps, met)
    for (const { size } of shown) spend(size)
    if (kind === 'flat') for (const each of shown) appended.push(each)
  }
  for (const id of containedBy) met.delete(id)
  return { met, appended }
}

/** Without those that are not stored here. */
function shownBy(steps: readonly Step[], met: ReadonlyMap<string, Met>): readonly Shown[] {
  return steps.flatMap(({ id, projection }) => {
    const found = met.get(id)
    return found === undefined ? [] : [{ ...found, projection }]
  })
}

/**
 * Whether a step has not been made before. Flat, an entity is shown once, so what leads to it again is of no interest.
 * Inline, it is shown in several places, and each projection of it may leave other Relationships.
 */
function createEncounters({ kind, containedBy }: LinkedRetrieval): (step: Step) => boolean {
  const encountered = new Map<Projection | 'any', Set<string>>()
  const contained = new Set(containedBy)
  return ({ id, projection }) => {
    const key = kind === 'flat' ? 'any' : projection
    const ids = encountered.get(key) ?? new Set()
    encountered.set(key, ids)
    if (ids.has(id)) return false
    ids.add(id)
    return !contained.has(id)
  }
}

/**
 * What linked entities an answer may have, as they are stored: spends the size of one of them, wherever it is shown.
 * Throws TooManyResults.
 */
export function createBudget(mostBytes: number): (size: number) => void {
  let spent = 0
  return (size) => {
    spent += size
    if (spent > mostBytes) throw tooLarge(mostBytes)
  }
}

/** Ids that are looked up before others get their turn. */
const BATCH = 100

/** Adds what is stored to `met`; nothing is looked up twice. */
function createLookup({ store, limits }: OperationContext, call: Call, met: Map<string, Met>) {
  const asked = new Set(met.keys())
  const most = asked.size + limits.linkedEntities
  const spend = createBudget(limits.pageBytes)
  return async (steps: readonly Step[]): Promise<void> => {
    const wanted: string[] = []
    for (const { id } of steps) {
      if (asked.has(id)) continue
      asked.add(id)
      wanted.push(id)
      if (asked.size > most) throw tooMany(limits.linkedEntities)
    }
    for (let i = 0; i < wanted.length; i += BATCH) {
      for (const found of await read(store, call, wanted.slice(i, i + BATCH), limits.pageBytes)) {
        spend(found.size)
        const entity = found.read()
        met.set(entity.id, { entity, size: found.size })
      }
    }
  }
}

async function read(
  { entities }: Store,
  call: Call,
  ids: readonly string[],
  mostBytes: number,
): Promise<readonly FoundEntity[]> {
  try {
    return await entities.retrieveMany(call, ids)
  } catch (error) {
    // The advice of the store is about a page.
    if (error instanceof Problem && error.kind === 'TooManyResults') throw tooLarge(mostBytes)
    throw error
  }
}

/** 5.5.2, TooManyResults: "… producing so many results that can exhaust client or server resources." */
function tooMany(most: number): Problem {
  return new Problem(
    'TooManyResults',
    `the Relationships lead to more than ${most} linked entities (BOYA_MAX_LINKED_ENTITIES); ask for fewer entities (limit), for fewer of their Relationships (pick, omit), or lower joinLevel`,
    'join',
  )
}

function tooLarge(mostBytes: number): Problem {
  return new Problem(
    'TooManyResults',
    `the linked entities have more than ${mostBytes} bytes together (BOYA_MAX_PAGE_BYTES); ask for fewer entities (limit), for fewer of their Relationships (pick, omit), or lower joinLevel`,
    'join',
  )
}
