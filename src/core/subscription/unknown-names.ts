/** Names whose @context is not known: each stands for whatever an @context may have made of it. */

import type { TermTable } from '../jsonld/terms.ts'
import type { JsonObject } from '../model/entity.ts'
import { CORE } from '../model/uri.ts'

export interface UnknownNames {
  /** Expands names of the core @context, which nobody overrides (5.5.7), and marks the others. */
  readonly terms: TermTable
  /** Undefined where the text is no name that was marked. */
  nameIn(text: string): string | undefined
  /** Whether a name can have been expanded so. */
  canBe(name: string, iri: string): boolean
}

/** `sent`: where the names stand; nothing else in it is taken for one. */
export function createUnknownNames(core: TermTable, sent: JsonObject): UnknownNames {
  const mark = markFor(JSON.stringify(sent))
  return {
    terms: {
      expand: (name) => (isOfCore(core, name) ? core.expand(name) : mark + name),
      compact: (iri) => (iri.startsWith(mark) ? iri : core.compact(iri)),
      compactVocab: core.compactVocab,
    },
    nameIn: (text) => (text.startsWith(mark) ? text.slice(mark.length) : undefined),
    canBe: (name, iri) => ABSOLUTE_IRI.test(iri) || (SCHEME.test(iri) && iri.endsWith(name)),
  }
}

/** What expansion makes of names (JSON-LD 1.1, IRI expansion): a scheme or the `_` of a blank node, and no spaces. */
const ABSOLUTE_IRI = /^(?:[A-Za-z][A-Za-z0-9+.-]*|_):\S*$/
/** Values that are expanded (4.9, expandValues) may be of any characters, which then end what a vocabulary begins. */
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/

/** A prefix could be an @context's own, and a URI is one already. */
function isOfCore(core: TermTable, name: string): boolean {
  return !name.includes(':') && core.expand(name) !== `${CORE}default-context/${name}`
}

function markFor(text: string): string {
  let mark = 'name:'
  while (text.includes(mark)) mark = `x${mark}`
  return mark
}
