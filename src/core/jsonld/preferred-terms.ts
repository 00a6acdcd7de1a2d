/** Which of several terms of one IRI names it in an answer: JSON-LD's term selection for an object node. */

import type { NamingDefinition } from './definitions.ts'

/** Container mappings in the order in which JSON-LD looks through them for an object that is no list and no value. */
const CONTAINERS = ['@id', '@id@set', '@set@type', '@type', '@set', '', '@index', '@index@set']
const FITTING_TYPES = ['@id', '@vocab', undefined]

/** One term per IRI, the best; keywords (`@id`, `@type`) are among the IRIs. */
export function preferredTerms(definitions: ReadonlyMap<string, NamingDefinition>): Map<string, string> {
  const best = new Map<string, { readonly term: string; readonly rank: number }>()
  for (const [term, definition] of definitions) {
    const rank = rankOf(definition)
    const rival = best.get(definition['@id'])
    if (rival === undefined || rank < rival.rank || (rank === rival.rank && isShorterOrLess(term, rival.term))) {
      best.set(definition['@id'], { term, rank })
    }
  }
  return new Map([...best].map(([iri, { term }]) => [iri, term]))
}

/**
 * Smaller is better. JSON-LD takes no term of another datatype, language or container for an object and would write
 * the IRI; but 4.4 recommends `"@type": <Datatype's URI>` for Properties, so such a term is the last choice, not none.
 */
function rankOf(definition: NamingDefinition): number {
  const container = CONTAINERS.indexOf([...(definition['@container'] ?? [])].sort().join(''))
  const type = FITTING_TYPES.indexOf(typeOf(definition))
  if (container === -1 || type === -1) return CONTAINERS.length * FITTING_TYPES.length
  return container * FITTING_TYPES.length + type
}

function typeOf(definition: NamingDefinition): string | undefined {
  const type = definition['@type']
  if (type === '@none') return undefined
  if (type === undefined && (definition['@language'] !== undefined || definition['@direction'] !== undefined)) {
    return '@language'
  }
  return type
}

/** JSON-LD's order among equals: "shortest, then lexicographically least". */
export function isShorterOrLess(a: string, b: string): boolean {
  return a.length === b.length ? a < b : a.length < b.length
}
