/** The rules of a Tenant for how long history is kept, as they come from another store → what becomes of them in this one. */

import { isDeepStrictEqual } from 'node:util'
import type { Fate } from '../../contexts/kept-contexts.ts'
import { parseRetentionRule, type WrittenRule } from '../../core/history/retention.ts'
import type { Json } from '../../core/model/entity.ts'
import { Problem } from '../../core/model/problems.ts'
import { bodyValidator } from '../../http/validate.ts'
import { replaceRetention, retrieveRetention } from '../../operations/history-retention.ts'
import type { Call } from '../../ports/call.ts'
import type { Store } from '../../ports/store.ts'

/** Throws BadRequestData where no operator could have said it. Types are IRIs. */
export function readRetention(json: Json): readonly WrittenRule[] {
  bodyValidator('replaceHistoryRetention')({ rules: json })
  const rules = json as unknown as readonly WrittenRule[]
  for (const [i, rule] of rules.entries()) parseRetentionRule(rule, `/${i}`, (type) => type)
  return rules
}

/** Nothing is written. Throws Conflict where there are others, unless they may be replaced. */
export async function judgeRetention(
  store: Pick<Store, 'documents'>,
  call: Call,
  rules: readonly WrittenRule[],
  replace: boolean,
): Promise<Fate> {
  const current = await retrieveRetention({ store, retention: [] }, call)
  if (current.of === 'settings') return 'created'
  if (isDeepStrictEqual(current.rules, rules)) return 'unchanged'
  if (replace) return 'replaced'
  throw new Problem('Conflict', 'the Tenant has other rules for how long history is kept')
}

/** Puts the rules in place, and returns what became of them. Throws Conflict where there are others, unless they may be replaced. */
export async function restoreRetention(
  store: Pick<Store, 'documents'>,
  call: Call,
  rules: readonly WrittenRule[],
  replace: boolean,
): Promise<Fate> {
  const fate = await judgeRetention(store, call, rules, replace)
  if (fate !== 'unchanged') await replaceRetention({ store, retention: [] }, call, rules)
  return fate
}
