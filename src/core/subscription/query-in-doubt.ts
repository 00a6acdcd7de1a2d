/** A q that leads to other entities (4.9), which are not at hand when an entity changes. */

import type { Query } from '../query/ast.ts'

/**
 * What is left to ask where all that a query asks of other entities is supposed to be met; undefined where that is
 * nothing. The same object where it asks nothing of others. A query has no negation of its parts: what does not meet this
 * does not meet the query, whatever the others are.
 */
export function supposing(query: Query): Query | undefined {
  if (query.kind === 'term') return query.path.links.length > 0 ? undefined : query
  const parts = query.parts.map(supposing)
  if (parts.every((part, i) => part === query.parts[i])) return query
  const left = parts.filter((part) => part !== undefined)
  if (left.length === 0 || (query.kind === 'or' && left.length < parts.length)) return undefined
  return left.length === 1 ? left[0] : { kind: query.kind, parts: left }
}

/** IRIs of the Attributes of the entity itself that a query asks for, Relationships to others among them. */
export function namesIn(query: Query): ReadonlySet<string> {
  if (query.kind !== 'term') return new Set(query.parts.flatMap((part) => [...namesIn(part)]))
  const { links, names } = query.path
  return new Set([links[0]?.relationship ?? names[0] ?? ''])
}
