/** Instances of evolutions as stores keep them: a number as a number, and what most instances do not have apart. */

import type { NewInstance, PastInstance } from '../../core/history/past-instance.ts'
import { fromMicros, type Micros, placeOf } from '../../core/history/time-property.ts'
import type { AttributeType, Instant, Json } from '../../core/model/entity.ts'
import { parseStoredJson, stringifyJson } from '../../core/model/json-text.ts'

export interface InstanceRow {
  /** Microseconds: when it was observed, else when it came. */
  readonly at: Micros
  readonly created_at: Instant
  readonly kind: number
  readonly value: number | string
  /** Null where it was never changed. */
  readonly modified_at: Instant | null
  readonly deleted_at: Instant | null
  /** What else it has, as JSON; null for most. */
  readonly rest: string | null
}

/** How the value is written. */
export const FORMS = { number: 0, boolean: 1, text: 2, json: 3, exact: 4 } as const
type Form = (typeof FORMS)[keyof typeof FORMS]

/** `kind` is a number of bits: whether it was observed, whether `rest` has exact numbers, the form of the value, the type. */
export const TIMED = 1
const EXACT_REST = 2
export const FORM = 4
const TYPE = 32

const TYPES: readonly AttributeType[] = [
  'Property',
  'GeoProperty',
  'LanguageProperty',
  'VocabProperty',
  'JsonProperty',
  'ListProperty',
  'Relationship',
  'ListRelationship',
]

/** What no column of its own holds exactly is in `rest`, as text. */
export function encodeInstance(instance: NewInstance): InstanceRow {
  const { type, value, createdAt, modifiedAt, deletedAt, observedAt } = instance
  const at = placeOf(instance)
  const [form, written] = encodeValue(value)
  const rest = restOf(instance, at)
  const bits = (observedAt === undefined ? 0 : TIMED) + (rest?.exact ? EXACT_REST : 0)
  return {
    ...{ at, created_at: createdAt, value: written, rest: rest?.text ?? null, deleted_at: deletedAt ?? null },
    kind: bits + form * FORM + TYPES.indexOf(type) * TYPE,
    modified_at: modifiedAt === createdAt ? null : modifiedAt,
  }
}

/** Large whole numbers do not come back from the database as numbers, and the smallest of all are zero to it. */
function isKept(value: number): boolean {
  if (Number.isInteger(value)) return Number.isSafeInteger(value) && !Object.is(value, -0)
  return Math.abs(value) >= LEAST_NORMAL
}

const LEAST_NORMAL = 2 ** -1022
const HALVES = /\p{Cs}/u

function encodeValue(value: Json): readonly [Form, number | string] {
  if (typeof value === 'number' && isKept(value)) return [FORMS.number, value]
  if (typeof value === 'boolean') return [FORMS.boolean, Number(value)]
  // The database cuts a text at NUL, and has no halves of characters: JSON escapes both.
  if (typeof value === 'string' && !value.includes('\0') && !HALVES.test(value)) return [FORMS.text, value]
  const { text, exact } = stringifyJson(value)
  return [exact ? FORMS.exact : FORMS.json, text]
}

function restOf(instance: NewInstance, at: Micros) {
  const {
    type: _,
    value: __,
    datasetId: ___,
    createdAt: ____,
    modifiedAt: _____,
    deletedAt: ______,
    observedAt,
    ...more
  } = instance
  const written = observedAt === undefined || observedAt === fromMicros(at) ? more : { observedAt, ...more }
  for (const _member in written) return stringifyJson(written)
  return undefined
}

/** `instanceId` is its own, `dataset` that of its series. */
export function decodeInstance(row: InstanceRow, instanceId: string, dataset: string): PastInstance {
  const { at, kind, created_at: createdAt, modified_at, deleted_at, rest } = row
  const type = typeOf(kind)
  const value = decodeValue(row)
  const modifiedAt = modified_at ?? createdAt
  const isTimed = (kind & TIMED) === TIMED
  // Most are such, and it takes a fifth of the time.
  if (isTimed && dataset === '' && deleted_at === null && rest === null)
    return { type, value, observedAt: fromMicros(at), createdAt, modifiedAt, instanceId }
  return {
    ...{ type, value, createdAt, modifiedAt, instanceId },
    ...(isTimed && { observedAt: fromMicros(at) }),
    ...(dataset !== '' && { datasetId: dataset }),
    ...(rest !== null && (parseStoredJson(rest, (kind & EXACT_REST) === EXACT_REST) as object)),
    ...(deleted_at !== null && { deletedAt: deleted_at }),
  }
}

/** As much of it as is aggregated. */
export function decodePlain(row: Pick<InstanceRow, 'kind' | 'value'>): Pick<PastInstance, 'type' | 'value'> {
  return { type: typeOf(row.kind), value: decodeValue(row) }
}

function typeOf(kind: number): AttributeType {
  return TYPES[Math.floor(kind / TYPE)] ?? 'Property'
}

/** How the value of such a kind stands in its row: one of FORMS. */
export function formOf(kind: number): number {
  return Math.floor(kind / FORM) % 8
}

function decodeValue({ kind, value }: Pick<InstanceRow, 'kind' | 'value'>): Json {
  const form = formOf(kind)
  if (form === FORMS.boolean) return value === 1
  if (form === FORMS.json || form === FORMS.exact) return parseStoredJson(String(value), form === FORMS.exact)
  return value
}

/** Where a row stands by a time property; undefined where it does not convey it. */
export function timeOfRow(row: Omit<InstanceRow, 'value' | 'rest'>, property: string): Micros | undefined {
  switch (property) {
    case 'observedAt':
      return (row.kind & TIMED) === TIMED ? row.at : undefined
    case 'createdAt':
      return row.created_at * 1_000
    case 'modifiedAt':
      return (row.modified_at ?? row.created_at) * 1_000
    default:
      return row.deleted_at === null ? undefined : row.deleted_at * 1_000
  }
}
