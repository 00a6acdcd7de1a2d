/** Names of types, Properties and Relationships (4.6.2), or the IRIs that they stand for. */

import { isUri } from './uri.ts'

const NAME = /^\p{L}[\p{N}\p{L}_]*(?::\p{L}[\p{N}\p{L}_]*)?$/u
const PLAIN_NAME = /^[A-Za-z][A-Za-z0-9_]*$/

/** Whether a text can name a type or an Attribute: a name (4.6.2), a prefixed name, or an IRI. */
export function isName(text: string): boolean {
  return PLAIN_NAME.test(text) || NAME.test(text) || isUri(text)
}
