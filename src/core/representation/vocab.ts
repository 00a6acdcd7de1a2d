import type { TermTable } from '../jsonld/terms.ts'
import type { Json } from '../model/entity.ts'

/** The names of a vocab as the @context shortens them. */
export function compactVocab(value: Json, terms: TermTable): Json {
  if (Array.isArray(value)) return value.map((name) => compactVocab(name, terms))
  return typeof value === 'string' ? terms.compactVocab(value) : value
}
