/** Which @context a request brings (6.3.5), and the body without it. */

import type Koa from 'koa'
import type { Json, JsonObject } from '../core/model/entity.ts'
import { isObject } from '../core/model/json-object.ts'
import { badRequest, Problem } from '../core/model/problems.ts'
import type { Call } from '../ports/call.ts'
import type { ResolvedContext } from '../ports/contexts.ts'
import type { Api } from './api.ts'
import type { Body } from './body.ts'
import { parseLinks } from './link-header.ts'

/** GET and DELETE, and bodies in `application/json`: the Link header, else the default @context. */
export async function linkedContext(ctx: Koa.Context, api: Api, call: Call): Promise<ResolvedContext> {
  const { context } = parseLinks(ctx.get('Link'))
  return context === undefined ? api.contexts.fallback : resolveAt(api, call, context, 'Link')
}

/** The @context of one document: the body, or one element of a batch (`at` is its pointer). */
export async function documentContext(
  ctx: Koa.Context,
  api: Api,
  call: Call,
  { json, ld }: Body,
  at = '',
): Promise<ResolvedContext> {
  const own = isObject(json) ? json['@context'] : undefined
  return ld ? inlineContext(api, call, own, at) : jsonContext(ctx, api, call, own, at)
}

async function inlineContext(api: Api, call: Call, own: Json | undefined, at: string): Promise<ResolvedContext> {
  if (own !== undefined) return resolveAt(api, call, own, `${at}/@context`)
  if (api.tolerate.has('ld-json-without-context')) return api.contexts.fallback
  // 6.3.5: "If no @context can be obtained from the request payload body, then … BadRequestData shall be raised."
  throw badRequest(
    'application/ld+json needs an "@context" in the document; add one, or send application/json',
    `${at}/@context`,
  )
}

async function jsonContext(
  ctx: Koa.Context,
  api: Api,
  call: Call,
  own: Json | undefined,
  at: string,
): Promise<ResolvedContext> {
  if (own === undefined) return linkedContext(ctx, api, call)
  if (api.tolerate.has('context-in-json-body')) return resolveAt(api, call, own, `${at}/@context`)
  // 6.3.5: "if the request payload body (as JSON) contains a @context term, then … BadRequestData shall be raised"
  throw badRequest(
    'an "@context" in the document needs Content-Type application/ld+json; with application/json give it in a Link header',
    `${at}/@context`,
  )
}

/** Resolves, and says of what goes wrong where the @context stood. */
export async function resolveAt(api: Api, call: Call, context: Json, at: string): Promise<ResolvedContext> {
  try {
    return await api.contexts.resolve(call, context)
  } catch (error) {
    throw error instanceof Problem ? new Problem(error.kind, error.detail, error.at ?? at) : error
  }
}

/** The members of an object that are not the @context. */
export function withoutContext(json: JsonObject): JsonObject {
  const { '@context': _, ...rest } = json
  return rest
}
