/** Attribute instances by datasetId (4.5.5): lists that are never changed in place. */

import type { AttributeInstance, Attributes } from './entity.ts'

/** The instance with that datasetId, the default one where it is undefined. */
export function instanceOf(
  attributes: Attributes | undefined,
  name: string,
  datasetId: string | undefined,
): AttributeInstance | undefined {
  return attributes?.[name]?.find((instance) => instance.datasetId === datasetId)
}

/** Replaces the instance with the same datasetId in its place, or adds it at the end. */
export function withInstance(attributes: Attributes, name: string, instance: AttributeInstance): Attributes {
  const before = attributes[name] ?? []
  const at = before.findIndex(({ datasetId }) => datasetId === instance.datasetId)
  return { ...attributes, [name]: at === -1 ? [...before, instance] : before.with(at, instance) }
}

/** Without the instance with that datasetId, the default one where it is undefined; the Attribute goes with its last instance. */
export function withoutInstance(attributes: Attributes, name: string, datasetId: string | undefined): Attributes {
  const after = (attributes[name] ?? []).filter((instance) => instance.datasetId !== datasetId)
  return after.length === 0 ? withoutAttribute(attributes, name) : { ...attributes, [name]: after }
}

/** Without an Attribute as a whole (5.6.5, deleteAll). */
export function withoutAttribute(attributes: Attributes, name: string): Attributes {
  const { [name]: _, ...rest } = attributes
  return rest
}

/** Attributes on their way to their next state: each change costs one step, where a copy of all would cost as many as there are. */
export interface AttributesDraft {
  get(name: string, datasetId: string | undefined): AttributeInstance | undefined
  /** Replaces the instance with the same datasetId in its place, or adds it at the end. */
  put(name: string, instance: AttributeInstance): void
  remove(name: string, datasetId: string | undefined): void
  /** The attributes as they are now; the object that the draft began with where nothing changed. */
  finish(): Attributes
}

/** A draft that begins as the attributes are; they themselves stay as they are. What it does not touch is shared, not copied. */
export function draftOf(attributes: Attributes): AttributesDraft {
  const drafted = new Map<string, Map<string | undefined, AttributeInstance>>()
  let changed = false
  const instancesOf = (name: string): Map<string | undefined, AttributeInstance> => {
    const known = drafted.get(name)
    if (known !== undefined) return known
    const instances = new Map((attributes[name] ?? []).map((instance) => [instance.datasetId, instance]))
    drafted.set(name, instances)
    return instances
  }
  return {
    get: (name, datasetId) => instancesOf(name).get(datasetId),
    put: (name, instance) => {
      const instances = instancesOf(name)
      changed ||= instances.get(instance.datasetId) !== instance
      instances.set(instance.datasetId, instance)
    },
    remove: (name, datasetId) => {
      changed = instancesOf(name).delete(datasetId) || changed
    },
    finish: () => (changed ? finished(attributes, drafted) : attributes),
  }
}

function finished(
  before: Attributes,
  drafted: ReadonlyMap<string, ReadonlyMap<string | undefined, AttributeInstance>>,
): Attributes {
  const after: Record<string, readonly AttributeInstance[]> = { ...before }
  for (const [name, instances] of drafted) {
    if (instances.size === 0) delete after[name]
    else after[name] = [...instances.values()]
  }
  return after
}
