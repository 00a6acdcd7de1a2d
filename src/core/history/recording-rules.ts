/** Which Attributes of which entities have a history: the operator's rules, as text. */

import { isName } from '../model/name.ts'
import { badRequest } from '../model/problems.ts'
import { CORE, isUri } from '../model/uri.ts'
import type { ForTypes } from './late.ts'
import type { Recorded } from './recording.ts'

/** Undefined stands for any. Names are IRIs, or what they are in the core @context or, without any, in the default vocabulary. */
export interface RecordingRule {
  readonly keeps: boolean
  readonly type: string | undefined
  readonly attribute: string | undefined
}

/** A rule: `Bus`, `-Bus speed`, `-*`; `all` and `none`. Throws an Error that says how one looks. */
export function parseRecordingRule(text: string): RecordingRule {
  if (text === 'all' || text === 'none') return { keeps: text === 'all', type: undefined, attribute: undefined }
  const [, minus, type = '', attribute = '*'] = /^(-?)([^\s-]\S*)(?:\s+(\S+))?$/.exec(text) ?? []
  if (type === '') throw new Error(`"${text}" is no rule; ${EXAMPLES}`)
  return { keeps: minus === '', type: named(type, text), attribute: named(attribute, text) }
}

const EXAMPLES = 'one looks like Bus, -Bus, "-Bus speed" or -*; or all, or none'

/** A name that nothing can have would be a rule that never holds. */
function named(name: string, text: string): string | undefined {
  if (name === '*') return undefined
  if (isName(name)) return name
  throw new Error(`"${name}" in the rule "${text}" names nothing (4.6.2); ${EXAMPLES}`)
}

/** The first rule that is for it decides; what none is for is kept. */
export function recordedBy(rules: readonly RecordingRule[]): Recorded {
  if (rules.length === 0) return () => true
  return (types, attribute) => {
    for (const { keeps, type, attribute: of } of rules) {
      if (type !== undefined && !types.some((iri) => isNamed(type, iri))) continue
      if (of === undefined) return keeps
      if (attribute === undefined ? keeps : isNamed(of, attribute)) return keeps
    }
    return true
  }
}

/** The name of a type, or `*` for all. Throws BadRequestData where no entity can be of it: it would hold for none. `at`: where it stands. */
export function parseTypeName(text: string, at?: string): string {
  if (text === '*' || isName(text)) return text
  throw badRequest(`"${text}" names no entity type (4.6.2); one looks like Bus, or is an IRI, or * for all`, at)
}

/** For entities of one of these types, `*` for all. */
export function forTypes(names: readonly string[]): ForTypes {
  if (names.length === 0) return () => false
  if (names.includes('*')) return () => true
  return (types) => types.some((iri) => names.some((name) => isNamed(name, iri)))
}

const DEFAULT_VOCABULARY = `${CORE}default-context/`

function isNamed(name: string, iri: string): boolean {
  if (isUri(name)) return iri === name
  return iri === DEFAULT_VOCABULARY + name || iri === CORE + name
}

/** The IRI of a type that is named so. */
export function typeNamed(name: string): string {
  return isUri(name) ? name : DEFAULT_VOCABULARY + name
}
