/** The routes that are Boya's own: health, version, API document, the page for people. */

import type Koa from 'koa'
import { Problem } from '../core/model/problems.ts'
import { checkReadiness } from '../operations/check-readiness.ts'
import { summarizeTenants } from '../operations/summarize-tenants.ts'
import { send } from './answer.ts'
import type { Api } from './api.ts'
import { callOf } from './call.ts'
import { docsAsset, docsPage } from './docs-page.ts'
import { landingPage } from './landing-page.ts'
import { openApiJson, openApiYaml } from './openapi.ts'
import { notReady } from './unavailable.ts'

/** Whether the process is alive; says nothing of the database, so that nobody restarts Boya because of that. */
export async function getLive(ctx: Koa.Context): Promise<void> {
  send(ctx, 200, { status: 'live' })
}

/** Whether requests can be served: the database answers. */
export async function getReady(ctx: Koa.Context, { operations, log }: Api): Promise<void> {
  try {
    await checkReadiness(operations)
  } catch (error) {
    log.debug({ error }, 'not ready')
    throw notReady()
  }
  send(ctx, 200, { status: 'ready' })
}

export async function getVersion(ctx: Koa.Context, { version, identity, operations }: Api): Promise<void> {
  const uptimeSeconds = Math.floor((operations.clock.now() - identity.startedAt) / 1000)
  send(ctx, 200, { name: 'Boya', version, uptimeSeconds, standard: 'ETSI GS CIM 009 V1.9.1' })
}

export async function getOpenApiJson(ctx: Koa.Context): Promise<void> {
  ctx.body = openApiJson()
  ctx.set('Content-Type', 'application/json')
}

export async function getOpenApiYaml(ctx: Koa.Context): Promise<void> {
  ctx.body = openApiYaml()
  ctx.set('Content-Type', 'application/yaml')
}

export async function getDocs(ctx: Koa.Context): Promise<void> {
  sendPage(ctx, docsPage())
}

/** Nothing is loaded from elsewhere; the scripts of the pages stand in them. */
const POLICY =
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"

function sendPage(ctx: Koa.Context, html: string): void {
  ctx.body = html
  ctx.set('Content-Type', 'text/html; charset=utf-8')
  ctx.set('Content-Security-Policy', POLICY)
  ctx.set('X-Content-Type-Options', 'nosniff')
}

export async function getDocsAsset(ctx: Koa.Context): Promise<void> {
  const asset = await docsAsset(ctx.params.asset)
  if (asset === undefined) throw new Problem('ResourceNotFound', `there is nothing at ${ctx.path}`)
  ctx.body = asset.body
  ctx.set('Content-Type', asset.contentType)
  ctx.set('Cache-Control', asset.cacheControl)
}

export async function getLanding(ctx: Koa.Context, api: Api): Promise<void> {
  sendPage(ctx, landingPage(api.version, await summarizeTenants(api.operations, callOf(ctx, api))))
}
