/** Resources: jsonldContexts/ (6.29) and jsonldContexts/{contextId} (6.30); the rules are behind the port (5.13). */

import type Koa from 'koa'
import { requireTenant } from '../operations/require-tenant.ts'
import type { ContextKind } from '../ports/contexts.ts'
import { pathSegment, send, sendCreated, sendNothing } from './answer.ts'
import type { Api } from './api.ts'
import { readBody } from './body.ts'
import { flag, open, text } from './exchange.ts'
import { bodyValidator } from './validate.ts'

/** 6.29.3.1 */
export async function postContext(ctx: Koa.Context, api: Api): Promise<void> {
  const { call } = open(ctx, api, 'addContext')
  const { json } = await readBody(ctx, api)
  bodyValidator('addContext')(json)
  const id = await api.contexts.add(call, json)
  sendCreated(ctx, `/ngsi-ld/v1/jsonldContexts/${pathSegment(id)}`)
}

/** 6.29.3.2 */
export async function getContexts(ctx: Koa.Context, api: Api): Promise<void> {
  const { call, parameters, mediaType } = open(ctx, api, 'listContexts')
  await requireTenant(api.operations, call)
  const contexts = await api.contexts.list(call, text(parameters, 'kind') as ContextKind | undefined)
  const details = flag(parameters, 'details') ?? false
  send(ctx, 200, details ? contexts : contexts.map(({ URL }) => URL), mediaType)
}

/** 6.30.3.1 */
export async function getContext(ctx: Koa.Context, api: Api): Promise<void> {
  const { call, parameters, mediaType } = open(ctx, api, 'serveContext')
  await requireTenant(api.operations, call)
  const id: string = ctx.params.contextId
  const details = flag(parameters, 'details') ?? false
  send(ctx, 200, details ? await api.contexts.describe(call, id) : await api.contexts.serve(call, id), mediaType)
}

/** 6.30.3.2 */
export async function deleteContext(ctx: Koa.Context, api: Api): Promise<void> {
  const { call, parameters } = open(ctx, api, 'deleteContext')
  await requireTenant(api.operations, call)
  await api.contexts.remove(call, ctx.params.contextId, flag(parameters, 'reload') ?? false)
  sendNothing(ctx)
}
