/** Fragments as data, and how they are written in each representation: what the reference model and Boya are given. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [member: string]: Json }
export type JsonObject = { readonly [member: string]: Json }

export const NULL = 'urn:ngsi-ld:null'

/** The member that holds the value of each kind of Attribute (4.5.2–4.5.24). */
export const MEMBERS = {
  Property: 'value',
  GeoProperty: 'value',
  LanguageProperty: 'languageMap',
  VocabProperty: 'vocab',
  JsonProperty: 'json',
  ListProperty: 'valueList',
  Relationship: 'object',
  ListRelationship: 'objectList',
} as const
export type Kind = keyof typeof MEMBERS

/** One attribute instance of a fragment. `value` is NULL to delete it, absent where only other elements are sent. */
export interface Sent {
  readonly kind: Kind
  readonly value?: Json
  readonly datasetId?: string
  readonly elements: Readonly<Record<string, string>>
  readonly subs: SentAttributes
}
export type SentAttributes = Readonly<Record<string, readonly Sent[]>>

/** How a fragment is written: with the types of all Attributes, without, or as values only. */
export type Form = 'normalized' | 'concise' | 'simplified'

export interface Fragment {
  readonly types: readonly string[]
  readonly scope?: string
  readonly attributes: SentAttributes
}

export type Step =
  | {
      readonly operation: 'create' | 'replace' | 'append' | 'appendNoOverwrite' | 'update' | 'merge'
      readonly form: Form
      readonly fragment: Fragment
    }
  | {
      readonly operation: 'partialUpdate' | 'replaceAttribute'
      readonly form: Form
      readonly name: string
      readonly sent: Sent
    }
  | {
      readonly operation: 'deleteAttribute'
      readonly name: string
      readonly datasetId?: string
      readonly deleteAll: boolean
    }
  | { readonly operation: 'delete' }

const WRAPPED: readonly Kind[] = ['LanguageProperty', 'VocabProperty', 'JsonProperty']

/** Whether the fragment says what type the Attribute has, so that nothing has to be inferred. */
export function tellsType({ value, elements }: Sent, form: Form): boolean {
  return form === 'normalized' || (value === undefined && Object.keys(elements).length === 0)
}

export function writeAttributes(attributes: SentAttributes, form: Form): Record<string, Json> {
  return Object.fromEntries(Object.entries(attributes).map(([name, all]) => [name, writeInstances(all, form)]))
}

function writeInstances(all: readonly Sent[], form: Form): Json {
  const [only] = all
  const isPlain = all.length === 1 && only !== undefined && only.datasetId === undefined
  if (form === 'simplified') {
    if (isPlain) return simplified(only)
    return { dataset: Object.fromEntries(all.map((one) => [one.datasetId ?? '@none', simplified(one)])) }
  }
  if (isPlain && form === 'concise' && isBare(only)) return only.value ?? null
  return all.length === 1 && only !== undefined ? writeInstance(only, form) : all.map((one) => writeInstance(one, form))
}

/** 4.5.2.3, 4.7.3, 4.5.3.3: what concise representation writes without anything around it. */
function isBare({ kind, value, elements, subs }: Sent): boolean {
  if (Object.keys({ ...elements, ...subs }).length > 0) return false
  return value === NULL || (value !== undefined && MEMBERS[kind] === 'value')
}

export function writeInstance(sent: Sent, form: Form): Record<string, Json> {
  const { kind, value, datasetId, elements, subs } = sent
  return {
    ...(tellsType(sent, form) && { type: kind }),
    ...(value !== undefined && { [MEMBERS[kind]]: value === NULL ? nullOf(kind) : writeValue(kind, value, form) }),
    ...(datasetId !== undefined && { datasetId }),
    ...elements,
    ...writeAttributes(subs, form),
  }
}

/** 4.5.0: "If an array is required, an array with one single NGSI-LD Null is used. For languageMap …". */
function nullOf(kind: Kind): Json {
  if (kind === 'LanguageProperty') return { '@none': NULL }
  return kind.startsWith('List') ? [NULL] : NULL
}

/** 4.5.22.2, 4.5.22.3: objects with an "object" or, concise, URIs alone. */
export function writeValue(kind: Kind, value: Json, form: Form): Json {
  if (kind !== 'ListRelationship' || form !== 'normalized') return value
  return (value as readonly Json[]).map((object) => ({ object }))
}

function simplified({ kind, value = null }: Sent): Json {
  return value !== NULL && WRAPPED.includes(kind) ? { [MEMBERS[kind]]: value } : value
}
