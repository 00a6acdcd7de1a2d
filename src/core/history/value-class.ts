/** What instances count as in an aggregation (4.5.19.1). */

import { temporalOf } from '../model/date-time.ts'
import { isDeleted } from '../model/deleted.ts'
import type { Json } from '../model/entity.ts'
import { ExactNumber } from '../model/exact-number.ts'
import { isObject } from '../model/json-object.ts'
import type { ValueClass } from './methods.ts'
import type { NewInstance } from './past-instance.ts'

export interface Aggregated {
  readonly valueClass: ValueClass
  /**
   * What is added up: the number, 1 for true and 0 for false, the length of an array, the microseconds of a date or time.
   * Absent for all others.
   */
  readonly number?: number
  /** What stands for the value where different ones are counted; of a number or boolean, `number` does. */
  readonly text?: string
  /** One more of an instance that has several, and is one update. */
  readonly isFurther?: true
}

/** Undefined for what has no value: a deletion. Several for a Relationship with several objects: each is a target, and all together are one update. */
export function aggregatedOf(instance: Pick<NewInstance, 'type' | 'value'>): readonly Aggregated[] {
  if (isDeleted(instance)) return []
  const { type, value } = instance
  switch (type) {
    case 'Relationship':
    case 'ListRelationship':
      return (Array.isArray(value) ? value : [value]).map((object, i) => ({
        valueClass: 'relationship',
        text: textOf(object),
        ...(i > 0 && { isFurther: true }),
      }))
    case 'VocabProperty':
      return [{ valueClass: 'uri', text: textOf(value) }]
    case 'GeoProperty':
    case 'LanguageProperty':
      return [{ valueClass: 'object', text: textOf(value) }]
    default:
      return [aggregatedValue(value)]
  }
}

function aggregatedValue(value: Json): Aggregated {
  if (typeof value === 'number') return { valueClass: 'number', number: value }
  if (value instanceof ExactNumber) return { valueClass: 'number', number: value.toNumber() }
  if (typeof value === 'boolean') return { valueClass: 'boolean', number: Number(value) }
  if (typeof value === 'string') return textual(value)
  if (Array.isArray(value)) return { valueClass: 'array', number: value.length, text: textOf(value) }
  // 4.6.3: a JSON-LD typed value is its @value.
  if (isObject(value) && value['@value'] !== undefined) return aggregatedValue(value['@value'])
  return { valueClass: 'object', text: textOf(value) }
}

function textual(text: string): Aggregated {
  const temporal = temporalOf(text)
  return temporal === undefined
    ? { valueClass: 'text', text }
    : { valueClass: temporal.kind, number: temporal.value, text }
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
