/** Request bodies: preconditions (6.3.4), reading within the limits, JSON (5.5.4). */

import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type Koa from 'koa'
import type { Json } from '../core/model/entity.ts'
import { JsonTextError, parseJson } from '../core/model/json-text.ts'
import { badRequest, Problem } from '../core/model/problems.ts'
import type { Api } from './api.ts'
import { HttpError } from './http-error.ts'
import { parseLinks } from './link-header.ts'
import { JSON_TYPE, LD_JSON } from './negotiation.ts'
import { httpProblem } from './problem-details.ts'

export interface Body {
  readonly json: Json
  /** Whether it came as `application/ld+json`, which has its @context in it (6.3.5). */
  readonly ld: boolean
}

/** Throws 411, 413 and 415 as 6.3.4 has them; InvalidRequest where the body is no JSON. */
export async function readBody(ctx: Koa.Context, api: Api): Promise<Body> {
  const ld = isLinkedData(ctx, api)
  if (ld) refuseLink(ctx)
  checkLength(ctx.req, api.limits.bodyBytes)
  return { json: parse(await readBytes(ctx.req), api), ld }
}

/**
 * For requests that have none: what somebody puts into one would have no effect. An empty object is taken for none. Throws
 * BadRequestData, which `instead` completes: what the request does; 411 and 413 as {@link readBody}.
 */
export async function expectNoBody({ req }: Koa.Context, { limits }: Api, instead: string): Promise<void> {
  const { 'content-length': length, 'transfer-encoding': encoding } = req.headers
  if (encoding === undefined && Number(length ?? 0) === 0) return
  checkLength(req, limits.bodyBytes)
  const text = (await readBytes(req)).toString().trim()
  if (text !== '' && text !== '{}') throw badRequest(`the request takes no body; send none: ${instead}`, '')
}

const MERGE_PATCH = 'application/merge-patch+json'

/** 6.3.4: "Unsupported Media Type … shall result in just a 415 HTTP status code (without any payload body)." */
function isLinkedData(ctx: Koa.Context, { tolerate }: Api): boolean {
  const header = ctx.req.headers['content-type'] ?? ''
  const [type = '', ...parameters] = header
    .toLowerCase()
    .split(';')
    .map((part) => part.trim())
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice(8)
    .replaceAll('"', '')
  const encoding = ctx.req.headers['content-encoding'] ?? 'identity'
  const utf8 = charset === undefined || charset === 'utf-8' || charset === 'utf8' || charset === 'us-ascii'
  if (!utf8 || encoding !== 'identity') throw new HttpError(415)
  if (type === JSON_TYPE) return false
  if (type === LD_JSON) return true
  // "For HTTP PATCH requests "application/merge-patch+json" is allowed as Content-Type … equivalent to "application/json"."
  if (type === MERGE_PATCH && (ctx.method === 'PATCH' || tolerate.has('merge-patch-on-post'))) return false
  throw new HttpError(415)
}

/** 6.3.5: "the presence of a JSON-LD Link header … when the Content-Type header is "application/ld+json" shall result in … BadRequestData" */
function refuseLink(ctx: Koa.Context): void {
  if (parseLinks(ctx.get('Link')).context === undefined) return
  throw badRequest(
    'a Link header with an @context and Content-Type application/ld+json do not go together; keep the @context in the body, or send application/json',
    'Link',
  )
}

/** 6.3.4: "Content-Length header shall include the length of the request payload body." */
function checkLength(request: IncomingMessage, limit: number): void {
  const length = request.headers['content-length']
  if (length === undefined) throw new HttpError(411)
  if (Number(length) <= limit) return
  const detail = `the body is larger than ${limit} bytes (BOYA_MAX_BODY_BYTES); send it in parts, for example as several batches`
  throw new HttpError(413, httpProblem(413, 'The body is too large', detail))
}

/** Node reads no more than Content-Length says, and refuses what has a Transfer-Encoding beside it. */
async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(chunk)
  } catch {
    throw new Problem('InvalidRequest', 'the body ended before all of it had come')
  }
  return Buffer.concat(chunks)
}

function parse(bytes: Buffer, { limits }: Api): Json {
  // 4.6.1: "NGSI-LD implementations shall support the UTF-8 text encoding format."
  if (!isUtf8(bytes)) throw new Problem('InvalidRequest', 'the body is not UTF-8; save or encode it as UTF-8')
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '')
  if (text.trim() === '') throw new Problem('InvalidRequest', 'the body is empty; send a JSON document')
  try {
    return parseJson(text, { depth: limits.jsonDepth, digits: limits.numberDigits })
  } catch (error) {
    if (error instanceof JsonTextError) throw explain(error, text)
    throw error
  }
}

function explain(error: JsonTextError, text: string): Problem {
  const before = text.slice(0, error.position)
  const line = before.split('\n').length
  const column = error.position - before.lastIndexOf('\n')
  const where = `line ${line}, column ${column}`
  switch (error.reason) {
    case 'syntax':
      return new Problem('InvalidRequest', `the body is no JSON: ${error.message} at ${where}`)
    case 'duplicate':
      return new Problem('InvalidRequest', `${error.message} (${where})`)
    case 'limit':
      return new Problem('BadRequestData', `${error.message}, at ${where}`)
  }
}
