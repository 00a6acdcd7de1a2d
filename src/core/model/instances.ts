/** Attribute instances by datasetId (4.5.5): lists that are never changed in place. */

import type { AttributeInstance, Attributes } from './entity.ts'

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

export function withoutInstance(attributes: Attributes, name: string, datasetId: string | undefined): Attributes {
  const after = (attributes[name] ?? []).filter((instance) => instance.datasetId !== datasetId)
  return after.length === 0 ? withoutAttribute(attributes, name) : { ...attributes, [name]: after }
}

export function withoutAttribute(attributes: Attributes, name: string): Attributes {
  const { [name]: _, ...rest } = attributes
  return rest
}
