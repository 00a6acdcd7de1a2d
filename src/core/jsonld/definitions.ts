/** What JSON-LD's context processing leaves of a @context: one definition per term. */

/** A term's definition, as far as names are concerned. `@id` is null where the @context gives the term no IRI. */
export interface TermDefinition {
  readonly '@id': string | null
  readonly '@type'?: string
  readonly '@container'?: readonly string[]
  readonly '@language'?: string | null
  readonly '@direction'?: string | null
  readonly reverse?: boolean
  /** Whether the term may stand before the colon of a compact IRI. */
  readonly _prefix?: boolean
}

export type TermDefinitions = ReadonlyMap<string, TermDefinition | null>

/** A definition that gives its term an IRI. */
export type NamingDefinition = TermDefinition & { readonly '@id': string }

/**
 * The definitions that can name something: a term mapped to null or to the reverse of a property has no IRI of its
 * own, so for NGSI-LD, where no name may get lost, it is as if it were not defined.
 */
export function namingDefinitions(definitions: TermDefinitions): ReadonlyMap<string, NamingDefinition> {
  const naming = new Map<string, NamingDefinition>()
  for (const [term, definition] of definitions) {
    // No request can name it (4.6.2), and an answer that did would set the prototype of an object instead of a member.
    if (term === '__proto__') continue
    if (definition !== null && typeof definition['@id'] === 'string' && definition.reverse !== true) {
      naming.set(term, definition as NamingDefinition)
    }
  }
  return naming
}
