/** Names of Attributes (4.5.1, 4.6.2): one rule for those in documents, in paths and in parameters. */

import { PATH_MEMBERS } from '../model/path-members.ts'
import type { Problem } from '../model/problems.ts'
import { reservedNames } from './attribute-members.ts'
import { decodeName, type Naming } from './decoder.ts'
import { fault, type Path } from './path.ts'

/**
 * The IRI that a name stands for as an Attribute's. Throws BadRequestData where it is none: 4.5.1, "Terms defined in the
 * Core Context as non-reified Properties … shall not be used as Attribute names".
 */
export function attributeName(name: string, path: Path, naming: Naming): string {
  if (name === '@context') throw embeddedContext(path)
  if (reservedNames.has(name)) throw reserved(name, path)
  const iri = decodeName(name, path, naming)
  // A name may be an alias for a term of the core, or its IRI: what counts is what it would be called in an answer.
  const shown = naming.terms.compact(iri)
  if (shown !== name && reservedNames.has(shown)) throw reserved(shown, path)
  return iri
}

/** As {@link attributeName}, for a part of a path (4.9), which may lead to a member that is not reified. */
export function pathName(name: string, path: Path, naming: Naming): string {
  // 5.5.7: the core @context has absolute precedence, so its terms mean what it says.
  return PATH_MEMBERS.get(name) ?? attributeName(name, path, naming)
}

/** A BadRequestData for an @context in an Attribute. 5.5.7: the user @context cannot "Be embedded into NGSI-LD Attributes". */
export function embeddedContext(path: Path): Problem {
  return fault(path, 'an @context inside an Attribute is not allowed (5.5.7); put it at the top of the document')
}

/** A BadRequestData for a name that the core @context has taken. */
export function reserved(name: string, path: Path): Problem {
  return fault(
    path,
    `"${name}" has no place here: it is a member that the core @context defines, not a name for an Attribute (4.5.1)`,
  )
}
