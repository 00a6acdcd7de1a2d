/** 4.3.6.8: an Entity as an earlier version of the standard would have it. */

import type { TermTable } from '../jsonld/terms.ts'
import { isDeleted } from '../model/deleted.ts'
import type { AttributeInstance, Attributes, Entity } from '../model/entity.ts'
import { NGSI_LD_NULL } from '../model/uri.ts'
import { compactVocab } from './vocab.ts'

/** A version of the standard: 1.9 is 109. */
export type Version = number

/** The version that Boya stores and sends. */
export const CURRENT_VERSION: Version = 109
/** The earliest version that entities are converted to. */
export const FIRST_VERSION: Version = 100

/** `1.5` → 105; undefined where the text is no version. */
export function parseVersion(text: string): Version | undefined {
  const match = /^(\d{1,3})\.(\d{1,2})(?:\.\d{1,3})?$/.exec(text)
  return match === null ? undefined : Number(match[1]) * 100 + Number(match[2])
}

/** 105 → `1.5`. */
export function showVersion(version: Version): string {
  return `${Math.floor(version / 100)}.${version % 100}`
}

/** What Entities are converted to. */
export interface Downgrade {
  readonly version: Version
  readonly terms: TermTable
  /** Whether LanguageProperties are shown in one language, as Properties of every version (4.15). */
  readonly inOneLanguage: boolean
}

/** The same object where nothing of it is newer than the version. */
export function downgrade(entity: Entity, to: Downgrade): Entity {
  const { version } = to
  if (version >= CURRENT_VERSION) return entity
  const attributes = downgradeAttributes(entity.attributes, to)
  // Note 1: "For 1.0 backwards compatibility only return a single element with preference to the first instance."
  const types = version < 103 && entity.types.length > 1 ? entity.types.slice(0, 1) : entity.types
  const dropScope = version < 104 && entity.scopes !== undefined
  const dropExpiry = version < 109 && entity.expiresAt !== undefined
  if (attributes === entity.attributes && types === entity.types && !dropScope && !dropExpiry) return entity
  const { scopes, expiresAt, ...rest } = entity
  return {
    ...rest,
    types,
    attributes,
    ...(!dropScope && scopes !== undefined && { scopes }),
    ...(!dropExpiry && expiresAt !== undefined && { expiresAt }),
  }
}

/** As {@link downgrade}, of Attributes alone. */
export function downgradeAttributes(attributes: Attributes, to: Downgrade): Attributes {
  const entries = Object.entries(attributes)
  const after = entries.map(([name, instances]) => [name, downgradeInstances(instances, to)] as const)
  return after.every(([, instances], i) => instances === entries[i]?.[1]) ? attributes : Object.fromEntries(after)
}

/** Notes 2 and 3: before 1.3 one instance, "with preference to the default instance". */
function downgradeInstances(instances: readonly AttributeInstance[], to: Downgrade) {
  const one = instances.find(({ datasetId }) => datasetId === undefined) ?? instances[0]
  const kept = to.version < 103 && instances.length > 1 && one !== undefined ? [one] : instances
  const after = kept.map((instance) => downgradeInstance(instance, to))
  return kept === instances && after.every((instance, i) => instance === instances[i]) ? instances : after
}

/** When an element of an Attribute came into the standard; before, "Remove attribute from payload". */
const SINCE = {
  datasetId: 103,
  observedAt: 103,
  unitCode: 103,
  objectType: 108,
  expiresAt: 109,
  valueType: 109,
} as const

/** As {@link downgrade}, of one instance. */
export function downgradeInstance<Instance extends AttributeInstance>(instance: Instance, to: Downgrade): Instance {
  const dropped = Object.entries(SINCE).flatMap(([element, since]) =>
    to.version < since && Object.hasOwn(instance, element) ? [element] : [],
  )
  const attributes = instance.attributes && downgradeAttributes(instance.attributes, to)
  const reformatted = reformat(instance, to)
  if (dropped.length === 0 && attributes === instance.attributes && reformatted === undefined) return instance
  const changed = { ...instance, ...reformatted, ...(attributes !== undefined && { attributes }) }
  return Object.fromEntries(Object.entries(changed).filter(([key]) => !dropped.includes(key))) as unknown as Instance
}

/** "Reformat attribute as Property" or "as Relationship", for the kinds that the version does not know. */
function reformat(instance: AttributeInstance, to: Downgrade): Reformatted | undefined {
  const reformatted = asKnown(instance, to)
  // What stands for a deletion (5.8.6) depends on the type.
  return reformatted && isDeleted(instance) ? { ...reformatted, value: NGSI_LD_NULL } : reformatted
}

type Reformatted = Pick<AttributeInstance, 'type' | 'value'>

function asKnown(
  { type, value }: AttributeInstance,
  { version, terms, inOneLanguage }: Downgrade,
): Reformatted | undefined {
  switch (type) {
    case 'LanguageProperty':
      return version < 104 && !inOneLanguage ? { type: 'Property', value } : undefined
    case 'JsonProperty':
    case 'ListProperty':
      return version < 108 ? { type: 'Property', value } : undefined
    case 'VocabProperty':
      return version < 108 ? { type: 'Property', value: compactVocab(value, terms) } : undefined
    case 'ListRelationship':
      return version < 108 ? { type: 'Relationship', value } : undefined
    default:
      return undefined
  }
}
