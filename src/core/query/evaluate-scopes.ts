/** Whether the Scopes of an Entity meet a Scope query (4.19). */

import type { ScopePattern, ScopeQuery } from './ast.ts'

/** An Entity without a Scope meets none. */
export function matchesScopes(scopes: readonly string[] | undefined, query: ScopeQuery): boolean {
  if (scopes === undefined) return false
  const all = scopes.map(levelsOf)
  return query.some((conjunction) => conjunction.every((pattern) => all.some((levels) => isLike(levels, pattern))))
}

/** 4.18: the first slash may be missing. */
function levelsOf(scope: string): readonly string[] {
  return (scope.startsWith('/') ? scope.slice(1) : scope).split('/')
}

function isLike(own: readonly string[], { levels, below }: ScopePattern): boolean {
  // "matches the given scope and the whole hierarchy of scopes below"
  if (below ? own.length < levels.length : own.length !== levels.length) return false
  return levels.every((level, i) => level === '+' || level === own[i])
}
