/** Where an entity and what was read of its representation differ, but for what only the system says of them (4.8, 4.22). */

import { isDeepStrictEqual } from 'node:util'
import type { AttributeInstance, Attributes, Entity } from '../model/entity.ts'
import type { AttributeFragment, EntityFragment } from '../model/fragment.ts'
import { below, type Path } from './path.ts'

interface Difference {
  readonly at: Path
  /** What the entity has there. */
  readonly found: unknown
  /** What was read. */
  readonly read: unknown
}

const OF_ENTITY = ['id', 'types', 'scopes'] as const
const OF_INSTANCE = [
  'type',
  'value',
  'datasetId',
  'observedAt',
  'unitCode',
  'valueType',
  'objectType',
  'entityIdSealed',
  'entityTypeSealed',
] as const satisfies (keyof AttributeInstance & keyof AttributeFragment)[]

/** As much of an instance that was read as is compared. */
interface ReadInstance extends Partial<Pick<AttributeFragment, (typeof OF_INSTANCE)[number]>> {
  readonly attributes?: ReadInstances
}

interface ReadInstances {
  readonly [name: string]: readonly ReadInstance[]
}

/** Undefined where there is none. */
export function differenceOf(entity: Entity, fragment: EntityFragment): Difference | undefined {
  return (
    membersDiffer(OF_ENTITY, entity, fragment, undefined) ??
    attributesDiffer(entity.attributes, fragment.attributes, undefined)
  )
}

function membersDiffer<Name extends string>(
  names: readonly Name[],
  found: Readonly<Partial<Record<Name, unknown>>>,
  read: Readonly<Partial<Record<Name, unknown>>>,
  path: Path,
): Difference | undefined {
  for (const name of names) {
    // Most of what is read is the very same object.
    if (found[name] !== read[name] && !isDeepStrictEqual(found[name], read[name])) {
      return { at: below(path, name), found: found[name], read: read[name] }
    }
  }
  return undefined
}

function attributesDiffer(found: Attributes, read: ReadInstances | undefined, path: Path): Difference | undefined {
  const names = Object.keys(found)
  // An object without attributes is never written.
  if (read === undefined || names.length !== Object.keys(read).length) return { at: path, found, read }
  for (const name of names) {
    const difference = instancesDiffer(found[name] ?? [], read[name] ?? [], below(path, name))
    if (difference !== undefined) return difference
  }
  return undefined
}

function instancesDiffer(
  found: readonly AttributeInstance[],
  read: readonly ReadInstance[],
  path: Path,
): Difference | undefined {
  if (found.length !== read.length) return { at: path, found, read }
  for (const [i, instance] of found.entries()) {
    const fragment = read[i]
    if (fragment === undefined) return { at: below(path, i), found: instance, read: fragment }
    const difference = instanceDiffers(instance, fragment, below(path, i))
    if (difference !== undefined) return difference
  }
  return undefined
}

/** Of instances. */
export function instanceDiffers(found: AttributeInstance, read: ReadInstance, path: Path): Difference | undefined {
  const difference = membersDiffer(OF_INSTANCE, found, read, path)
  if (difference !== undefined) return difference
  if (found.attributes !== undefined) return attributesDiffer(found.attributes, read.attributes, path)
  return read.attributes === undefined ? undefined : { at: path, found: undefined, read: read.attributes }
}
