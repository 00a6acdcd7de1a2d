/** Resource: info/sourceIdentity (6.33) */

import type Koa from 'koa'
import { contextSourceIdentity } from '../operations/context-source-identity.ts'
import { sendWithContext } from './answer.ts'
import type { Api } from './api.ts'
import { open } from './exchange.ts'

/** 6.33.3.1 */
export async function getSourceIdentity(ctx: Koa.Context, api: Api): Promise<void> {
  const { call, mediaType } = open(ctx, api, 'retrieveContextSourceIdentity')
  const identity = contextSourceIdentity(api.operations.clock, call, api.identity)
  await sendWithContext(
    ctx,
    api,
    call,
    200,
    { ...identity },
    { mediaType, context: api.contexts.fallback, contextInBody: false },
  )
}
