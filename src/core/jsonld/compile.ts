/** A processed @context → a term table that answers by map look-ups. */

import { isName } from '../model/name.ts'
import { CORE } from '../model/uri.ts'
import { type AnswerMemory, createAnswerMemory } from './answer-memory.ts'
import { type NamingDefinition, namingDefinitions, type TermDefinitions } from './definitions.ts'
import { isShorterOrLess, preferredTerms } from './preferred-terms.ts'
import type { TermTable } from './terms.ts'

/** 4.4: the "fallback @vocab rule to expand or compact user-defined terms to a default URI". */
const DEFAULT_VOCABULARY = `${CORE}default-context/`

const OWN_MEMORY_BYTES = 1024 * 1024
const ABSOLUTE_IRI = /^(?:[A-Za-z][A-Za-z0-9+.-]*|_):\S*$/
const LIKE_KEYWORD = /^@[A-Za-z]+$/

interface Names {
  readonly definitions: ReadonlyMap<string, NamingDefinition>
  /** IRI → term. */
  readonly terms: ReadonlyMap<string, string>
  readonly prefixes: readonly { readonly term: string; readonly iri: string }[]
}

/**
 * Compiles the definitions of a user @context and those of the core @context into one table.
 * 5.5.7: "implementations shall always consider the Core @context as having absolute precedence", so a core term wins
 * over a user term of that name, and a core IRI has its core term even where the user @context has a shorter one. `memory` is what several tables may share.
 */
export function compileTermTable(
  user: TermDefinitions,
  core: TermDefinitions,
  memory: AnswerMemory = createAnswerMemory(OWN_MEMORY_BYTES),
): TermTable {
  const names = join(namingDefinitions(user), namingDefinitions(core))
  const { remembering } = memory
  const expand = remembering((name) => expandName(names, name))
  const compact = remembering((iri) => compactIri(names, iri, expand, isName))
  const compactVocab = remembering((iri) => compactIri(names, iri, expand, (suffix) => suffix !== ''))
  return { expand, compact, compactVocab }
}

function join(user: ReadonlyMap<string, NamingDefinition>, core: ReadonlyMap<string, NamingDefinition>): Names {
  const definitions = new Map([...user, ...core])
  const terms = new Map([...preferredTerms(definitions), ...preferredTerms(core)])
  const prefixes = [...definitions]
    .filter(([term, definition]) => definition._prefix === true && !term.includes(':'))
    .map(([term, definition]) => ({ term, iri: definition['@id'] }))
  return { definitions, terms, prefixes }
}

function expandName(names: Names, name: string): string {
  const definition = names.definitions.get(name)
  if (definition !== undefined) return definition['@id']
  if (LIKE_KEYWORD.test(name)) return name
  const iri = expandCompactIri(names, name)
  return iri !== name || isAbsolute(name) ? iri : DEFAULT_VOCABULARY + name
}

/** `prefix:suffix` → IRI; everything else as it is. */
function expandCompactIri(names: Names, name: string): string {
  const colon = name.indexOf(':')
  if (colon <= 0 || name.startsWith('//', colon + 1) || name.startsWith('_:')) return name
  const prefix = names.definitions.get(name.slice(0, colon))
  return prefix?._prefix === true ? prefix['@id'] + name.slice(colon + 1) : name
}

function isAbsolute(name: string): boolean {
  const colon = name.indexOf(':')
  return colon > 0 && (name.startsWith('//', colon + 1) || ABSOLUTE_IRI.test(name))
}

function compactIri(
  names: Names,
  iri: string,
  expand: (name: string) => string,
  isFit: (suffix: string) => boolean,
): string {
  const term = names.terms.get(iri)
  if (term !== undefined) return term
  if (iri.startsWith(DEFAULT_VOCABULARY)) {
    const suffix = iri.slice(DEFAULT_VOCABULARY.length)
    // A suffix that would expand to something else, or that could not be sent back, is no match; then a compact IRI may be.
    if (isFit(suffix) && expand(suffix) === iri) return suffix
  }
  // 5.5.7: "in the event that no matching term is found in the current @context, implementations shall render Fully
  // Qualified Names".
  return shortestCompactIri(names, iri, expand) ?? iri
}

function shortestCompactIri(names: Names, iri: string, expand: (name: string) => string): string | undefined {
  let shortest: string | undefined
  for (const prefix of names.prefixes) {
    if (iri.length <= prefix.iri.length || !iri.startsWith(prefix.iri)) continue
    const candidate = `${prefix.term}:${iri.slice(prefix.iri.length)}`
    if ((shortest === undefined || isShorterOrLess(candidate, shortest)) && expand(candidate) === iri) {
      shortest = candidate
    }
  }
  return shortest
}
