/** What one request adds to one evolution, and how it is cut. */

import type { LoadEntity } from '../entity.ts'
import type { Instance, Origin } from './evolution.ts'

export interface Portion {
  /** The representation that it is of; the first, where it is of several of the same entity. */
  readonly entity: LoadEntity
  readonly head: string
  /** Undefined where the representation is sent as it is. */
  readonly instances: readonly Instance[] | undefined
}

/** What is in a portion of one representation. */
interface Part extends Portion {
  readonly origin: Origin
}

/** JSON of a request (5.6.11): each Attribute with an array of its instances. */
export function bodyOf({ entity, head, instances }: Portion): string {
  if (instances === undefined) return entity.text
  const attributes = grouped(instances, ({ attribute }) => attribute)
  const members = [...attributes].map(
    ([name, some]) => `${JSON.stringify(name)}:[${some.map(({ text }) => text).join(',')}]`,
  )
  return `{${[head, ...members].join(',')}}`
}

/** Undefined where there is nothing to halve. */
export function halvesOf(portion: Portion): readonly [Portion, Portion] | undefined {
  const { instances = [] } = portion
  if (instances.length < 2) return undefined
  const middle = Math.ceil(instances.length / 2)
  return [
    { ...portion, instances: instances.slice(0, middle) },
    { ...portion, instances: instances.slice(middle) },
  ]
}

/** What is in it of each representation that was read. */
export function byOrigin(portion: Portion): readonly Part[] {
  const { entity, instances = [] } = portion
  if (instances.length === 0) return [{ ...portion, origin: entity }]
  return [...grouped(instances, ({ origin }) => origin)].map(([origin, some]) => ({
    ...portion,
    origin,
    instances: some,
  }))
}

function grouped<K>(instances: readonly Instance[], keyOf: (instance: Instance) => K): ReadonlyMap<K, Instance[]> {
  const groups = new Map<K, Instance[]>()
  for (const instance of instances) {
    const key = keyOf(instance)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [instance])
    else group.push(instance)
  }
  return groups
}
