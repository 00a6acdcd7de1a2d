/** Boya's own resource: for how long history is kept in a Tenant. */

import type Koa from 'koa'
import { parseRetentionRule, type WrittenRule } from '../core/history/retention.ts'
import { refuseVain } from '../core/history/vain-rules.ts'
import type { TermTable } from '../core/jsonld/terms.ts'
import { notFound } from '../core/model/problems.ts'
import { decodeName } from '../core/representation/decoder.ts'
import { deleteRetention, replaceRetention, retrieveRetention } from '../operations/history-retention.ts'
import { send, sendNothing } from './answer.ts'
import type { Api } from './api.ts'
import { readBody } from './body.ts'
import { type Exchange, open } from './exchange.ts'
import { linkedContext } from './request-context.ts'
import { bodyValidator } from './validate.ts'

/** With types as the @context of the request names them. */
export async function getRetention(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'retrieveHistoryRetention')
  const { terms } = await linkedContext(ctx, api, exchange.call)
  const { of, rules } = await retrieveRetention(api.operations, exchange.call)
  send(ctx, 200, { of, rules: rules.map((rule) => withType(rule, terms.compact)) })
}

/** All rules of the Tenant are then these, their types named in the @context of the Link. Throws BadRequestData, which points to the rule that is wrong. */
export async function putRetention(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'replaceHistoryRetention')
  const body = await readBody(ctx, api)
  bodyValidator('replaceHistoryRetention')(body.json)
  const { terms } = await linkedContext(ctx, api, exchange.call)
  const { rules } = body.json as unknown as { readonly rules: readonly WrittenRule[] }
  const accepted = rules.map((rule, i) => checked(exchange, rule, i, terms))
  refuseVain(
    accepted.map((rule, i) => parseRetentionRule(rule, `/rules/${i}`, (type) => type)),
    '/rules',
  )
  await replaceRetention(api.operations, exchange.call, accepted)
  sendNothing(ctx)
}

/** Those of the settings hold again. */
export async function deleteOwnRetention(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'deleteHistoryRetention')
  if (!(await deleteRetention(api.operations, exchange.call))) {
    throw notFound('this Tenant has no rules of its own; BOYA_HISTORY_RETENTION has those that hold')
  }
  sendNothing(ctx)
}

/** Types are kept as IRIs. */
function checked({ api: { limits } }: Exchange, rule: WrittenRule, i: number, terms: TermTable): WrittenRule {
  const at = `/rules/${i}`
  parseRetentionRule(rule, at, (type) => type)
  return withType(rule, (type) => decodeName(type, { parameter: `${at}/type` }, { terms, limits }))
}

function withType({ type, ...rule }: WrittenRule, name: (type: string) => string): WrittenRule {
  return { ...(type !== undefined && { type: type === '*' ? type : name(type) }), ...rule }
}
