/** Entities in the Relationships that lead to them (4.5.23.2, 4.5.4), in what was rendered without them. */

import type { AttributeInstance, Entity, Json } from '../model/entity.ts'
import type { Members, RenderOptions } from './render-attribute.ts'

/** What an entity is shown as that a Relationship (an IRI) leads to; undefined where it is not shown. */
export type ShowLinked = (relationship: string, id: string) => Json | undefined

/** Adds the linked entities to `into`, which `entity` was rendered as with these options. */
export function inlineLinked(into: Members, entity: Entity, options: RenderOptions, show: ShowLinked): void {
  const { format, terms } = options
  for (const name in entity.attributes) {
    const instances = entity.attributes[name] ?? []
    if (!instances.some(isRelationship)) continue
    const term = terms.compact(name)
    const showOne = (id: string) => show(name, id)
    if (format === 'simplified') into[term] = simplified(into[term] ?? null, instances, showOne)
    else addEntities([into[term]].flat() as readonly Members[], instances, showOne)
  }
}

type ShowOne = (id: string) => Json | undefined

function isRelationship({ type }: AttributeInstance): boolean {
  return type === 'Relationship' || type === 'ListRelationship'
}

/** 5.2.6, 5.2.37: an entity for an object, an array for several, "entityList" for an objectList. */
function addEntities(shown: readonly Members[], instances: readonly AttributeInstance[], show: ShowOne): void {
  for (const [i, instance] of instances.entries()) {
    const into = shown[i]
    if (into === undefined || !isRelationship(instance)) continue
    const { type, value } = instance
    const entities = ([value].flat() as readonly string[]).flatMap((id) => show(id) ?? [])
    const [first] = entities
    if (first === undefined) continue
    if (type === 'ListRelationship') into.entityList = entities
    else into.entity = Array.isArray(value) ? entities : first
  }
}

/** 4.5.4: the entity stands for its URI; what is not shown stays a URI. */
function simplified(shown: Json, instances: readonly AttributeInstance[], show: ShowOne): Json {
  const [only] = instances
  if (instances.length === 1 && only !== undefined) return simplifiedValue(only, show)
  const { dataset } = shown as { readonly dataset: Members }
  for (const instance of instances) {
    if (isRelationship(instance)) dataset[instance.datasetId ?? '@none'] = simplifiedValue(instance, show)
  }
  return shown
}

function simplifiedValue({ value }: AttributeInstance, show: ShowOne): Json {
  return Array.isArray(value) ? value.map((id) => show(id) ?? id) : (show(String(value)) ?? value)
}
