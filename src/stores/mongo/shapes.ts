/** What of entities is counted, and how two of it differ. */

import { type AttributeTallies, type Tallied, tallyChange } from '../../core/model/attribute-tally.ts'
import { typesIn } from './codec.ts'
import type { Shape } from './stored.ts'

export function isSameShape(a: Shape | undefined, b: Shape | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return isSameList(a.types, b.types) && isSameList(a.attributes, b.attributes) && isSameList(a.kinds, b.kinds)
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i])
}

/** Numbers of entities: of all, and by type. */
export interface Tallies {
  entities: number
  readonly types: Map<string, number>
  readonly attributes: AttributeTallies
}

export function noTallies(): Tallies {
  return { entities: 0, types: new Map(), attributes: new Map() }
}

/** Adds what becomes more and less where an entity was one shape and is another; absent where there is none. */
export function tallyShapes(tallies: Tallies, was: Shape | undefined, is: Shape | undefined): void {
  tallies.entities += (is === undefined ? 0 : 1) - (was === undefined ? 0 : 1)
  for (const type of was?.types ?? []) add(tallies.types, type, -1)
  for (const type of is?.types ?? []) add(tallies.types, type, 1)
  tallyChange(tallies.attributes, was && talliedOf(was), is && talliedOf(is))
}

function add(numbers: Map<string, number>, key: string, difference: number): void {
  numbers.set(key, (numbers.get(key) ?? 0) + difference)
}

function talliedOf({ types, attributes, kinds }: Shape): Tallied {
  return {
    types,
    attributes: Object.fromEntries(
      attributes.map((name, i) => [name, typesIn(kinds[i] ?? '').map((type) => ({ type }))]),
    ),
  }
}
