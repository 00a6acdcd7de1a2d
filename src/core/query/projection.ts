/** Which members and attribute instances of Entities an answer has (4.21, 4.5.5). */

import type { AttributeInstance, Entity } from '../model/entity.ts'
import { badRequest } from '../model/problems.ts'
import type { ProjectionTerm } from './parse-projection.ts'

/** Names are IRIs of Attributes, or `id`, `type`, `scope`. */
export interface Projection {
  readonly pick?: ReadonlySet<string>
  readonly omit?: ReadonlySet<string>
  /** datasetIds to keep; undefined in it stands for the default instance. */
  readonly datasetIds?: readonly (string | undefined)[]
  /** Of the entities that these Relationships (IRIs) lead to: what stands in their braces. */
  readonly linked?: ReadonlyMap<string, Projection>
  /** Of the entities that other Relationships lead to; this one where absent. */
  readonly others?: Projection
}

type Terms = readonly ProjectionTerm[]

/**
 * What pick, omit and datasetId leave. What stands in braces is about the entities that a Relationship leads to, what
 * stands outside of them about the others; so those that a Relationship without braces leads to are left whole.
 * Throws BadRequestData where a member stands in both.
 */
export function createProjection(
  pick: Terms | undefined,
  omit: Terms | undefined,
  datasetIds?: readonly (string | undefined)[],
): Projection {
  return within(pick, omit, datasetIds === undefined ? WHOLE : { datasetIds })
}

const WHOLE: Projection = {}

function within(pick: Terms | undefined, omit: Terms | undefined, others: Projection): Projection {
  if (pick === undefined && omit === undefined) return others
  const picked = byMember(pick)
  const omitted = byMember(omit)
  const gone = new Set([...omitted.values()].flatMap(({ member, linked }) => (linked === undefined ? [member] : [])))
  const both = [...gone].find((member) => picked.has(member))
  if (both !== undefined) throw badRequest(`${both} stands in pick and in omit`, 'omit')
  const linked = new Map<string, Projection>()
  for (const member of new Set([...picked.keys(), ...omitted.keys()])) {
    linked.set(member, within(picked.get(member)?.linked, omitted.get(member)?.linked, others))
  }
  return { ...others, ...(pick && { pick: new Set(picked.keys()) }), ...(omit && { omit: gone }), linked, others }
}

function byMember(terms: Terms = []): ReadonlyMap<string, ProjectionTerm> {
  return new Map(terms.map((term) => [term.member, term]))
}

/** The projection of the entities that a Relationship leads to; the same object whenever it is asked for. */
export function projectionOfLinked(projection: Projection, relationship: string): Projection {
  return projection.linked?.get(relationship) ?? projection.others ?? projection
}

/** 4.21: whether a member is in the answer: `pick` names it where there is a `pick`, and `omit` does not. */
export function isPicked(projection: Projection, member: string): boolean {
  return (projection.pick === undefined || projection.pick.has(member)) && !projection.omit?.has(member)
}

/** The entity with the attribute instances that are picked, not omitted, and of the wanted datasets. */
export function project(entity: Entity, projection: Projection): Entity {
  if (projection.pick === undefined && projection.omit === undefined && projection.datasetIds === undefined) {
    return entity
  }
  const attributes: Record<string, readonly AttributeInstance[]> = {}
  for (const name in entity.attributes) {
    const kept = keptInstances(entity, name, projection)
    if (kept.length > 0) attributes[name] = kept
  }
  return { ...entity, attributes }
}

function keptInstances({ attributes }: Entity, name: string, projection: Projection): readonly AttributeInstance[] {
  if (!isPicked(projection, name)) return []
  const instances = attributes[name] ?? []
  const { datasetIds } = projection
  // 5.7.1.4: "keep only the Attribute instances whose datasetId is specified"
  return datasetIds === undefined ? instances : instances.filter(({ datasetId }) => datasetIds.includes(datasetId))
}

/** One Entity that a Relationship leads to. */
export interface Link {
  readonly id: string
  /** By which it is shown. */
  readonly projection: Projection
}

/**
 * Where the Relationships lead that a projection leaves of an entity (5.7.1.5: "any of the returned Attributes
 * corresponds to an annotated Relationship"), in their order. Relationships of Attributes are none of the entity.
 */
export function linksOf(entity: Entity, projection: Projection): readonly Link[] {
  const links: Link[] = []
  for (const name in entity.attributes) {
    for (const { type, value } of keptInstances(entity, name, projection)) {
      if (type !== 'Relationship' && type !== 'ListRelationship') continue
      const linked = projectionOfLinked(projection, name)
      for (const id of [value].flat() as readonly string[]) links.push({ id, projection: linked })
    }
  }
  return links
}
