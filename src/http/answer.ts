/** Responses with a body, and their headers (6.3.6). */

import type Koa from 'koa'
import { contextLink } from '../core/jsonld/context-link.ts'
import type { Json } from '../core/model/entity.ts'
import { stringifyJson } from '../core/model/json-text.ts'
import type { Update } from '../core/model/update.ts'
import type { BatchOutcome } from '../operations/batch.ts'
import type { Call } from '../ports/call.ts'
import type { ResolvedContext } from '../ports/contexts.ts'
import type { Api } from './api.ts'
import { GEO_JSON, JSON_TYPE, LD_JSON, type MediaType } from './negotiation.ts'
import { problemDetails } from './problem-details.ts'

export function send(ctx: Koa.Context, status: number, body: unknown, mediaType: string = JSON_TYPE): void {
  sendText(ctx, status, stringifyJson(body).text, mediaType)
}

function sendText(ctx: Koa.Context, status: number, text: string, mediaType: string): void {
  ctx.status = status
  // Before the body: Koa guesses a type where there is none.
  ctx.set('Content-Type', mediaType)
  ctx.body = text
}

/** What an answer with names in it was made for. */
export interface Shown {
  readonly mediaType: MediaType
  readonly context: ResolvedContext
  /** GeoJSON only. */
  readonly contextInBody: boolean
}

/** A document, or several, with the @context where the media type wants it. `links` are further values of Link. */
export async function sendWithContext(
  ctx: Koa.Context,
  api: Api,
  call: Call,
  status: number,
  body: Json,
  shown: Shown,
  links: readonly string[] = [],
): Promise<void> {
  await setLinks(ctx, api, call, shown, links)
  send(ctx, status, isContextIn(shown) ? withContext(body, shown.context.body) : body, shown.mediaType)
}

/** As {@link sendWithContext}, of a text that has the @context in it where {@link isContextIn} says so. */
export async function sendTextWithContext(
  ctx: Koa.Context,
  api: Api,
  call: Call,
  status: number,
  text: string,
  shown: Shown,
  links: readonly string[],
): Promise<void> {
  await setLinks(ctx, api, call, shown, links)
  sendText(ctx, status, text, shown.mediaType)
}

async function setLinks(ctx: Koa.Context, api: Api, call: Call, shown: Shown, links: readonly string[]): Promise<void> {
  const { context } = shown
  const all = isContextIn(shown)
    ? links
    : [contextLink(context.url ?? (await api.contexts.host(call, context))), ...links]
  if (all.length > 0) ctx.set('Link', all.join(', '))
}

/** 6.3.6: whether the @context stands in the body, or in a Link header. */
export function isContextIn({ mediaType, contextInBody }: Shown): boolean {
  return mediaType === LD_JSON || (mediaType === GEO_JSON && contextInBody)
}

export function withContext(body: Json, context: Json): Json {
  if (Array.isArray(body)) return body.map((item) => withContext(item, context))
  return { ...(body as Record<string, Json>), '@context': context }
}

/** 201 with the path of what was created, and no body. */
export function sendCreated(ctx: Koa.Context, location: string): void {
  ctx.body = null
  ctx.status = 201
  ctx.set('Location', location)
}

export function sendNothing(ctx: Koa.Context): void {
  ctx.status = 204
}

/** 5.2.18: 204 where all was done, else 207 with what was and what was not. */
export function sendUpdate(ctx: Koa.Context, { updated, notUpdated }: Update): void {
  if (notUpdated.length === 0) sendNothing(ctx)
  else send(ctx, 207, { updated, notUpdated })
}

/** 5.2.16 */
export function sendBatch(ctx: Koa.Context, { success, errors }: BatchOutcome<unknown>): void {
  send(ctx, 207, {
    success,
    errors: errors.map(({ entityId, error }) => ({ entityId, error: problemDetails(error) })),
  })
}

/** A path segment: what an id may contain and a path may not is percent-encoded. */
export function pathSegment(id: string): string {
  return encodeURIComponent(id).replaceAll('%3A', ':')
}
