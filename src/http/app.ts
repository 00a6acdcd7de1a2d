/** The Koa application: the frame around every request, and the routes. */

import type { IncomingMessage } from 'node:http'
import cors from '@koa/cors'
import Router from '@koa/router'
import Koa from 'koa'
import compress from 'koa-compress'
import { stringifyJson } from '../core/model/json-text.ts'
import { badRequest, Problem } from '../core/model/problems.ts'
import { StoreUnavailable } from '../ports/unavailable.ts'
import type { Api } from './api.ts'
import { HttpError } from './http-error.ts'
import { JSON_TYPE } from './negotiation.ts'
import { asProblem, httpProblem, problemDetails } from './problem-details.ts'
import { isLater, routes } from './routes.ts'
import { echoTenant, keepHeaderBytes } from './tenant-header.ts'
import { unavailable } from './unavailable.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** Headers that scripts of a page from another origin may read; browsers hide all that are not named. */
const EXPOSED = [
  'NGSILD-Results-Count',
  'NGSILD-Tenant',
  'Link',
  'Location',
  'Preference-Applied',
  'Allow',
  'NGSILD-Warning',
]

export function createApp(api: Api): Koa {
  const app = new Koa()
  app.on('error', (error: NodeJS.ErrnoException) => {
    // A client that leaves is nothing to tell everybody of, and may leave a thousand times a second.
    const level = error.code === 'EPIPE' || error.code === 'ECONNRESET' ? 'debug' : 'warn'
    api.log[level]({ error }, 'a connection failed')
  })
  if (api.corsOrigins.length > 0) app.use(corsFor(api.corsOrigins))
  app.use(frame(api))
  app.use(compressLarge)
  const router = createRouter(api)
  app.use(router.routes())
  app.use((ctx) => refuse(ctx, router))
  return app
}

function createRouter(api: Api): Router {
  const router = new Router({ sensitive: true })
  for (const { method, path, handler } of routes) {
    const pattern = path.replaceAll(/\{(\w+)\}/g, ':$1')
    router.register(pattern, method === 'GET' ? ['GET', 'HEAD'] : [method], [(ctx: Koa.Context) => handler(ctx, api)])
  }
  return router
}

/** 6.3.3: every error becomes an answer here, and nothing that is thrown reaches Koa. */
function frame(api: Api): Koa.Middleware {
  return async (ctx, next) => {
    try {
      echoTenant(ctx)
      if (ctx.url.length > api.limits.uriBytes) throw uriTooLong(api.limits.uriBytes)
      checkTarget(ctx)
      await next()
    } catch (error) {
      answerError(ctx, error, api)
    }
    keepHeaderBytes(ctx)
  }
}

const BROKEN_ENCODING = /%(?![0-9A-Fa-f]{2})/

/** The target may be a whole URI (RFC 9112, 3.2.2), which Koa takes apart when it is first asked for a part. */
function checkTarget(ctx: Koa.Context): void {
  if (BROKEN_ENCODING.test(ctx.url)) {
    throw new Problem('InvalidRequest', 'the URI has a "%" that no two hexadecimal digits follow; write it as "%25"')
  }
  if (ctx.url.startsWith('/') || ctx.url === '*') return
  if (!URL.canParse(ctx.url))
    throw new Problem('InvalidRequest', `"${ctx.url}" is no URI; send a path such as /ngsi-ld/v1/entities`)
}

function uriTooLong(limit: number): HttpError {
  const detail = `the URI is longer than ${limit} bytes (BOYA_MAX_URI_BYTES); name fewer things in one request`
  return new HttpError(414, httpProblem(414, 'The URI is too long', detail))
}

function answerError(ctx: Koa.Context, error: unknown, api: Api): void {
  // A body that was not read would be taken for the next request of the connection.
  if (hasUnreadBody(ctx.req)) ctx.set('Connection', 'close')
  const { status, body, headers } = answerTo(error, ctx, api)
  ctx.set(headers)
  // Before the status: for no body Koa takes 204.
  ctx.body = body === undefined ? null : stringifyJson(body).text
  ctx.status = status
  if (body !== undefined) ctx.set('Content-Type', JSON_TYPE)
}

function answerTo(error: unknown, ctx: Koa.Context, { log }: Api): Pick<HttpError, 'status' | 'body' | 'headers'> {
  if (error instanceof HttpError) return error
  // The store says once that its database is gone; there may be thousands of requests meanwhile.
  if (error instanceof StoreUnavailable) {
    log.debug({ error, method: ctx.method, url: ctx.url }, 'a request failed because the database does not answer')
    return unavailable()
  }
  if (!(error instanceof Problem)) {
    log.error({ error, method: ctx.method, url: ctx.url }, 'a request failed by a fault of Boya')
  }
  return answerOf(asProblem(error))
}

function answerOf(problem: Problem): Pick<HttpError, 'status' | 'body' | 'headers'> {
  const body = problemDetails(problem)
  return { status: body.status, body, headers: {} }
}

/** Whether a request is complete is known a turn after its headers: one that has no body is so from the first. */
function hasUnreadBody({ complete, headers }: IncomingMessage): boolean {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  return hasBody && !complete
}

const NO_ATTRIBUTE = /\/attrs\/\//
const NO_ID = /\/entities\/(?:\/.*)?$/

/** What no route answered: 404, 405 with Allow (6.3.2), or OPTIONS. */
function refuse(ctx: Koa.Context, router: Router): void {
  // 5.6.x: "If the Entity ID is not present … an error of type BadRequestData shall be raised."
  if (NO_ID.test(ctx.path) && ctx.method !== 'OPTIONS')
    throw badRequest(`${ctx.path} names no entity; its id stands between the slashes`, 'entityId')
  // 5.6.14.4: "If the target Attribute name is … not present, then an error of type BadRequestData shall be raised."
  if (NO_ATTRIBUTE.test(ctx.path) && ctx.method !== 'OPTIONS')
    throw badRequest(`${ctx.path} names no Attribute; its name stands between the slashes`, 'attrId')
  const allowed = METHODS.filter((method) => router.match(ctx.path, method).route)
  if (allowed.length === 0 && isLater(ctx.path))
    throw new Problem(
      'OperationNotSupported',
      `${ctx.path} is part of the standard, but not yet of this version of Boya`,
    )
  if (allowed.length === 0)
    throw new Problem('ResourceNotFound', `there is nothing at ${ctx.path}; /docs lists what there is`)
  const allow = [...allowed, 'OPTIONS'].join(', ')
  if (ctx.method === 'OPTIONS') {
    ctx.set('Allow', allow)
    ctx.status = 204
    return
  }
  throw new HttpError(
    405,
    httpProblem(405, 'The method is not allowed', `${ctx.method} cannot be done on ${ctx.path}; ${allow} can`),
    { Allow: allow },
  )
}

const gzip = compress({ threshold: 2048, br: false, defaultEncoding: 'identity' })

/** Compression only where it is asked for: the middleware costs something, and most agents do not. */
const compressLarge: Koa.Middleware = (ctx, next) =>
  ctx.req.headers['accept-encoding'] === undefined ? next() : gzip(ctx, next)

function corsFor(origins: readonly string[]): Koa.Middleware {
  const any = origins.includes('*')
  return cors({
    origin: (ctx) => {
      const origin = ctx.get('Origin')
      return any ? '*' : origins.includes(origin) ? origin : ''
    },
    allowMethods: [...METHODS],
    exposeHeaders: [...EXPOSED],
    maxAge: 86_400,
  })
}
