/** A query (4.9) with the names of the tests' @context. */

import type { Query } from '../../src/core/query/ast.ts'
import { printQuery as print } from '../../src/core/query/print-query.ts'
import { VOCABULARY } from './naming.ts'

export function printQuery(query: Query): string {
  return print(query, (iri) => (iri.startsWith(VOCABULARY) ? iri.slice(VOCABULARY.length) : iri))
}
