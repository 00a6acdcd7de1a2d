/** Whether the instances of an evolution meet conditions together, judged without having all of them at once. */

import type { AttributeInstance, Entity } from '../model/entity.ts'
import type { EntityFilter, GeoQuery, Query } from '../query/ast.ts'
import { matches } from '../query/evaluate.ts'

export interface Judging {
  /** IRIs of the Attributes that it still depends on, the one to be given next first; none where it is decided. */
  awaited(): readonly string[]
  /** Some instances of an Attribute, in whatever order. */
  add(attribute: string, instances: readonly AttributeInstance[]): void
  /** There are no more of it. */
  end(attribute: string): void
  isMet(): boolean
}

/** What the instances are judged by: all that is given has to be met. */
export interface Conditions {
  readonly q?: Query
  readonly geo?: GeoQuery
}

/** `isMet`: undefined as long as it is not known. */
interface Leaf {
  readonly kind: 'leaf'
  readonly attribute: string
  readonly filter: EntityFilter
  isMet: boolean | undefined
}

interface Branch {
  readonly kind: 'and' | 'or'
  readonly parts: readonly Part[]
}

type Part = Leaf | Branch

/**
 * Of q each term is met by one instance that meets it, also `!=` (4.9: "the target value shall be any Value of such
 * instances"), and so is a geoquery: what pieces meet one after the other, all meet at once. Links are not followed.
 * @param head the entity without its Attributes
 */
export function createJudging(head: Entity, { q, geo }: Conditions): Judging {
  const ofQuery = q === undefined ? [] : [partOf(head, q)]
  const ofGeo = geo === undefined ? [] : [leafOf(geo.property, { geo })]
  const whole: Branch = { kind: 'and', parts: [...ofQuery, ...ofGeo] }
  const leaves = leavesOf(whole)
  const open = (attribute: string) => leaves.filter((each) => each.isMet === undefined && each.attribute === attribute)
  return {
    awaited: () => awaitedIn(whole),
    add: (attribute, instances) => meet(open(attribute), { ...head, attributes: { [attribute]: instances } }),
    end: (attribute) => {
      for (const leaf of open(attribute)) leaf.isMet = false
    },
    isMet: () => isMet(whole) === true,
  }
}

function partOf(head: Entity, query: Query): Part {
  if (query.kind !== 'term') return { kind: query.kind, parts: query.parts.map((part) => partOf(head, part)) }
  const { links, names } = query.path
  // What is asked of the entity itself is met from the begin; of others nothing is known.
  const known = links.length > 0 ? false : matches(head, { q: query }) || undefined
  return leafOf(names[0] ?? '', { q: query }, known)
}

function leafOf(attribute: string, filter: EntityFilter, isMet?: boolean): Leaf {
  return { kind: 'leaf', attribute, filter, isMet }
}

function leavesOf(part: Part): readonly Leaf[] {
  return part.kind === 'leaf' ? [part] : part.parts.flatMap(leavesOf)
}

function meet(leaves: readonly Leaf[], entity: Entity): void {
  for (const leaf of leaves) leaf.isMet = matches(entity, leaf.filter) || undefined
}

function isMet(part: Part): boolean | undefined {
  if (part.kind === 'leaf') return part.isMet
  const known = part.parts.map(isMet)
  const deciding = part.kind === 'or'
  if (known.includes(deciding)) return deciding
  return known.includes(undefined) ? undefined : !deciding
}

function awaitedIn(part: Part): readonly string[] {
  if (isMet(part) !== undefined) return []
  return part.kind === 'leaf' ? [part.attribute] : part.parts.flatMap(awaitedIn)
}
