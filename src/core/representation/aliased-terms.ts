/** Names for what is shown only to be read again. */

import type { TermTable } from '../jsonld/terms.ts'
import { isName } from '../model/name.ts'
import type { DecodeContext } from './decode-entity.ts'

/**
 * An @context may map a term to an IRI that is too long or too odd to be sent in the place of that term: it gets another
 * name for as long as it is looked at.
 */
export function withAliases({ terms, limits }: DecodeContext): { readonly terms: TermTable; forget(): void } {
  const aliases = new Map<string, string>()
  const iris = new Map<string, string>()
  const aliasOf = (iri: string): string => {
    const alias = aliases.get(iri) ?? `urn:alias:${aliases.size}`
    aliases.set(iri, alias)
    iris.set(alias, iri)
    return alias
  }
  const isSendable = (name: string): boolean => isName(name) && name.length <= limits.idLength
  return {
    terms: {
      expand: (name) => iris.get(name) ?? terms.expand(name),
      compact: (iri) => {
        const name = terms.compact(iri)
        return isSendable(name) || !ABSOLUTE_IRI.test(iri) ? name : aliasOf(iri)
      },
      compactVocab: terms.compactVocab,
    },
    forget: () => {
      aliases.clear()
      iris.clear()
    },
  }
}

/** What expansion makes of names (JSON-LD 1.1, IRI expansion): a scheme or the `_` of a blank node, and no spaces. */
const ABSOLUTE_IRI = /^(?:[A-Za-z][A-Za-z0-9+.-]*|_):\S*$/
