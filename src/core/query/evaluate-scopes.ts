/** Whether the Scopes of an Entity meet a Scope query (4.19). */

import type { ScopePattern, ScopeQuery } from './ast.ts'
import { wholeScope } from './index-values.ts'

/** An Entity without a Scope meets none: "The "/#" matches … only explicitly specified scopes". */
export function matchesScopes(scopes: readonly string[] | undefined, query: ScopeQuery): boolean {
  if (scopes === undefined) return false
  const all = scopes.map(levelsOf)
  return query.some((conjunction) => conjunction.every((pattern) => all.some((levels) => isLike(levels, pattern))))
}

function levelsOf(scope: string): readonly string[] {
  return wholeScope(scope).slice(1).split('/')
}

function isLike(own: readonly string[], { levels, below }: ScopePattern): boolean {
  // "matches the given scope and the whole hierarchy of scopes below"
  if (below ? own.length < levels.length : own.length !== levels.length) return false
  // "The "+" can be used as a wildcard to match a single scope level".
  return levels.every((level, i) => level === '+' || level === own[i])
}
