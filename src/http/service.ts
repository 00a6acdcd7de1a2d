/** The routes that are Boya's own: health, version, API document, the page for people. */

import type Koa from 'koa'
import { Problem } from '../core/model/problems.ts'
import { checkReadiness } from '../operations/check-readiness.ts'
import { summarizeTenants } from '../operations/summarize-tenants.ts'
import { send } from './answer.ts'
import type { Api } from './api.ts'
import { callOf } from './call.ts'
import { docsAsset, docsPage } from './docs-page.ts'
import { historyAsset, historyPage } from './history-page.ts'
import { landingPage } from './landing-page.ts'
import { openApiJson, openApiYaml } from './openapi.ts'
import type { Asset } from './page-asset.ts'
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
  sendPage(ctx, docsPage(), WITH_INLINE)
}

/** Nothing is loaded from elsewhere. */
const POLICY = "default-src 'self'"
/** The scripts of some pages stand in them. */
const WITH_INLINE = `${POLICY}; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:`

function sendPage(ctx: Koa.Context, html: string, policy: string): void {
  ctx.body = html
  ctx.set('Content-Type', 'text/html; charset=utf-8')
  ctx.set('Content-Security-Policy', policy)
  ctx.set('X-Content-Type-Options', 'nosniff')
}

export async function getDocsAsset(ctx: Koa.Context): Promise<void> {
  sendAsset(ctx, await docsAsset(ctx.params.asset))
}

/** `/history`: charts of what was. */
export async function getHistoryPage(ctx: Koa.Context): Promise<void> {
  sendPage(ctx, await historyPage(), POLICY)
}

/** `/history/{file}`. Throws ResourceNotFound for what is no file of the page. */
export async function getHistoryPageAsset(ctx: Koa.Context): Promise<void> {
  sendAsset(ctx, await historyAsset(ctx.params.file))
}

function sendAsset(ctx: Koa.Context, asset: Asset | undefined): void {
  if (asset === undefined) throw new Problem('ResourceNotFound', `there is nothing at ${ctx.path}`)
  ctx.body = asset.body
  ctx.set('Content-Type', asset.contentType)
  ctx.set('Cache-Control', asset.cacheControl)
  ctx.set('X-Content-Type-Options', 'nosniff')
}

export async function getLanding(ctx: Koa.Context, api: Api): Promise<void> {
  sendPage(ctx, landingPage(api.version, await summarizeTenants(api.operations, callOf(ctx, api))), WITH_INLINE)
}
