/** Aggregation methods and what each makes of which values (4.5.19.1, tables 1 to 3). */

export const AGGREGATION_METHODS = [
  'avg',
  'distinctCount',
  'max',
  'min',
  'stddev',
  'sum',
  'sumsq',
  'totalCount',
] as const

export type AggregationMethod = (typeof AGGREGATION_METHODS)[number]

/** What a value counts as; `relationship`: the object of a Relationship, or the list of a ListRelationship. */
export type ValueClass =
  | 'number'
  | 'boolean'
  | 'array'
  | 'text'
  | 'object'
  | 'dateTime'
  | 'date'
  | 'time'
  | 'uri'
  | 'relationship'

const COUNTED: readonly AggregationMethod[] = ['distinctCount', 'totalCount']
const ORDERED: readonly AggregationMethod[] = [...COUNTED, 'max', 'min']

const ELIGIBLE: Readonly<Record<ValueClass, readonly AggregationMethod[]>> = {
  number: AGGREGATION_METHODS,
  boolean: AGGREGATION_METHODS,
  array: [...ORDERED, 'avg', 'sum'],
  text: ORDERED,
  object: COUNTED,
  dateTime: ORDERED,
  date: ORDERED,
  time: [...ORDERED, 'avg'],
  uri: COUNTED,
  relationship: COUNTED,
}

export function isValueClass(text: string): text is ValueClass {
  return Object.hasOwn(ELIGIBLE, text)
}

/** Whether a method is defined for values of a class. */
export function isEligible(valueClass: ValueClass, method: AggregationMethod): boolean {
  return ELIGIBLE[valueClass].includes(method)
}
