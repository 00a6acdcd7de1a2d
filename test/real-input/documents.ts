/** JSON of clients and of answers, made comparable: numbers as decimals, so that no digit is lost to a double on the way. */

import { parse } from 'lossless-json'

export interface Decimal {
  readonly decimal: string
}
export type Value = null | boolean | string | Decimal | readonly Value[] | Document
export interface Document {
  readonly [member: string]: Value | undefined
}

/** `5.0` and `5` are one number, `0.1` and `0.10000000000000001` are two. */
export function parseDocument(text: string): Document {
  return parse(text, undefined, decimalOf) as Document
}

export function parseDocuments(text: string): readonly Document[] {
  return parse(text, undefined, decimalOf) as Document[]
}

/** `-0.0120e3` → `-120 e-1` → `-12 e0`. */
function decimalOf(text: string): Decimal {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? []
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  const power = Number(exponent) - fraction.length + digits.length - significant.length
  return { decimal: significant === '' ? '0' : `${sign}${significant} e${power}` }
}

export function isDocument(value: Value | undefined): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Object.hasOwn(value, 'decimal')
}

export function without(document: Document, ...members: readonly string[]): Document {
  return Object.fromEntries(Object.entries(document).filter(([member]) => !members.includes(member)))
}

const VALUE_MEMBER: Readonly<Record<string, string>> = {
  Property: 'value',
  GeoProperty: 'value',
  ListProperty: 'valueList',
  Relationship: 'object',
}
/** 4.5.4: "a JSON Object containing a single Attribute with a key called …". */
const WRAPPED: Readonly<Record<string, string>> = {
  LanguageProperty: 'languageMap',
  VocabProperty: 'vocab',
  JsonProperty: 'json',
}

/** A normalized entity → what 4.5.4 makes of it, written here from the clause and not with the broker's code. */
export function simplified(entity: Document): Document {
  const members = Object.entries(entity).map(([name, value]) => [name, simplifiedMember(name, value ?? null)])
  return Object.fromEntries(members)
}

function simplifiedMember(name: string, value: Value): Value {
  if (['id', 'type', 'scope'].includes(name)) return value
  if (!Array.isArray(value)) return simplifiedInstance(value as Document)
  const dataset = (value as Document[]).map((instance) => [instance.datasetId ?? '@none', simplifiedInstance(instance)])
  return { dataset: Object.fromEntries(dataset) }
}

function simplifiedInstance(instance: Document): Value {
  const type = String(instance.type)
  const wrapped = WRAPPED[type]
  if (wrapped !== undefined) return { [wrapped]: instance[wrapped] }
  const value = instance[VALUE_MEMBER[type] ?? 'nothing']
  if (value === undefined) throw new Error(`${JSON.stringify(instance)} is no Attribute in normalized representation`)
  return value
}
