/** Names → IRIs, as a @context does, for parsers in tests. */

import { isName } from '../../src/core/model/name.ts'
import { badRequest } from '../../src/core/model/problems.ts'

export const VOCABULARY = 'urn:A:'

/** `speed` → `urn:A:speed`; a prefixed name and an IRI as they are. */
export function expandName(name: string): string {
  if (!isName(name)) throw badRequest(`"${name}" is no name`)
  return name.includes(':') ? name : VOCABULARY + name
}
