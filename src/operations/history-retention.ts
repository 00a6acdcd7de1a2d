/** How long history is kept, as an operator has said for a Tenant (our own), or, where none has, as the settings say for all. */

import type { RetentionRule, WrittenRule } from '../core/history/retention.ts'
import { parseRetentionRule } from '../core/history/retention.ts'
import type { Call } from '../ports/call.ts'
import type { Store } from '../ports/store.ts'

export interface RetentionContext {
  readonly store: Pick<Store, 'documents'>
  /** Of the settings, types as IRIs. */
  readonly retention: readonly WrittenRule[]
}

/** Which rules hold for a Tenant, and who has said so. Types are IRIs. */
export interface Retention {
  readonly of: 'tenant' | 'settings'
  readonly rules: readonly WrittenRule[]
}

/** Kind and id of the document in the Tenant that has them. */
const KIND = 'history-retention'
const ID = 'rules'

/** Throws NonexistentTenant. */
export async function retrieveRetention({ store, retention }: RetentionContext, call: Call): Promise<Retention> {
  const rules = (await store.documents.get(call, KIND, ID)) as readonly WrittenRule[] | undefined
  return rules === undefined ? { of: 'settings', rules: retention } : { of: 'tenant', rules }
}

/** None: all is kept for ever. Throws NonexistentTenant. */
export async function replaceRetention(
  { store }: RetentionContext,
  call: Call,
  rules: readonly WrittenRule[],
): Promise<void> {
  await store.documents.put(call, KIND, ID, rules)
}

/** So that those of the settings hold again. Returns whether the Tenant had some. Throws NonexistentTenant. */
export function deleteRetention({ store }: RetentionContext, call: Call): Promise<boolean> {
  return store.documents.delete(call, KIND, ID)
}

/** Of rules that have been accepted. */
export function rulesOf({ rules }: Retention): readonly RetentionRule[] {
  return rules.map((rule, i) => parseRetentionRule(rule, `/${i}`, (type) => type))
}
