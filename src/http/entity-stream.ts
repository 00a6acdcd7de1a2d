/** Boya's own: changes of entities as Server-Sent Events, for those who are no servers. */

import type Koa from 'koa'
import { badRequest, Problem } from '../core/model/problems.ts'
import type { EntityFilter } from '../core/query/ast.ts'
import { createProjection } from '../core/query/projection.ts'
import type { Condition, Representation, Trigger } from '../core/subscription/subscription.ts'
import { streamEntities } from '../operations/stream-entities.ts'
import type { ResolvedContext } from '../ports/contexts.ts'
import type { Api } from './api.ts'
import { selectedBy } from './entity-filter.ts'
import { createEventStream, EVENT_STREAM_HEADERS } from './event-stream.ts'
import { type Exchange, list, open, text } from './exchange.ts'
import { HttpError } from './http-error.ts'
import { parseLinks } from './link-header.ts'
import { httpProblem } from './problem-details.ts'
import { linkedContext, resolveAt } from './request-context.ts'
import { formatOf, languageOf, projectionTerms } from './view.ts'

export async function getEntityStream(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = inTenant(open(ctx, api, 'streamEntities'))
  const { call } = exchange
  const context = await contextOf(exchange)
  const { filter } = selectedBy(exchange, context)
  const representation = representationOf(exchange, context, filter.attributes)
  const wanted = { condition: conditionOf(filter), representation }
  if (ctx.method === 'HEAD') return answerHead(ctx)
  const urlOf = async (): Promise<string> => context.url ?? (await api.contexts.host(call, context))
  const client = createEventStream(ctx.res, api.limits.streamMs)
  const outcome = await streamEntities(api.operations, call, wanted, urlOf, lastEventId(exchange), client).catch(
    (error: unknown) => {
      throw whereNamed(exchange, error)
    },
  )
  if (outcome !== 'begun') throw refused(outcome)
  // All else is written to the response by the stream.
  ctx.respond = false
}

/** Pages cannot give an EventSource headers, so what stands in headers elsewhere may stand in the query here. */
function inTenant(exchange: Exchange): Exchange {
  const { ctx, call, parameters } = exchange
  const tenant = text(parameters, 'tenant')
  if (tenant === undefined) return exchange
  if (ctx.req.headers['ngsild-tenant'] !== undefined && call.tenant !== tenant)
    throw badRequest('is another one than in the header NGSILD-Tenant; give one of them', 'tenant')
  return { ...exchange, call: { ...call, tenant } }
}

/** Of a Tenant that there is not, it is told where it was named. */
function whereNamed({ parameters }: Exchange, error: unknown): unknown {
  const isNamed = text(parameters, 'tenant') !== undefined
  if (!isNamed || !(error instanceof Problem && error.kind === 'NonexistentTenant')) return error
  return new Problem(error.kind, error.detail, 'tenant')
}

async function contextOf({ ctx, api, call, parameters }: Exchange): Promise<ResolvedContext> {
  const url = text(parameters, 'context')
  if (url === undefined) return await linkedContext(ctx, api, call)
  if ((parseLinks(ctx.get('Link')).context ?? url) !== url)
    throw badRequest('is another one than in the Link header; give one of them', 'context')
  return await resolveAt(api, call, url, 'context')
}

const TRIGGERS: readonly Trigger[] = [
  'entityCreated',
  'entityDeleted',
  'attributeCreated',
  'attributeUpdated',
  'attributeDeleted',
]

function conditionOf(filter: EntityFilter): Condition {
  const { attributes, q, geo, scopes } = filter
  const selector = selectorOf(filter)
  return {
    ...(Object.keys(selector).length > 0 && { entities: [selector] }),
    ...(attributes !== undefined && { watchedAttributes: [...new Set(attributes)] }),
    // Who names Attributes does not ask for what is beside them.
    triggers: attributes === undefined ? [...TRIGGERS, 'entityRevised'] : TRIGGERS,
    ...(q !== undefined && { q }),
    ...(geo !== undefined && { geo }),
    ...(scopes !== undefined && { scopes }),
  }
}

function selectorOf({ types, ids, idPattern }: EntityFilter) {
  return {
    ...(types !== undefined && { types }),
    ...(ids !== undefined && { ids }),
    ...(idPattern !== undefined && { idPattern }),
  }
}

function representationOf(
  exchange: Exchange,
  context: ResolvedContext,
  attributes: EntityFilter['attributes'],
): Representation {
  const { omit, datasetIds, ...sent } = projectionTerms(exchange, context, undefined, attributes)
  const pick = withId(sent.pick)
  if (omit?.some(({ member }) => member === 'id')) throw badRequest(ID_OMITTED, 'omit')
  // Throws where one contradicts the other.
  createProjection(pick, omit, datasetIds)
  const lang = languageOf(exchange) && text(exchange.parameters, 'lang')
  return {
    ...{ format: formatOf(exchange), showChanges: false, join: { kind: 'none', level: 0 } },
    sysAttrs: list(exchange.parameters, 'options')?.includes('sysAttrs') ?? false,
    ...(pick !== undefined && { pick }),
    ...(omit !== undefined && { omit }),
    ...(datasetIds !== undefined && { datasetIds: datasetIds.map((id) => id ?? null) }),
    ...(lang !== undefined && { lang }),
  }
}

const ID_OMITTED = 'names id, by which events of one entity are told from those of another; leave it out'

/** An event without an id would be of no entity; and of what is deleted, nothing that is picked may be left. */
function withId(pick: Representation['pick']): Representation['pick'] {
  return pick === undefined || pick.some(({ member }) => member === 'id') ? pick : [{ member: 'id' }, ...pick]
}

/** The header is what an EventSource sends when it comes back; a page that is loaded again has only its URL. */
function lastEventId({ ctx, parameters }: Exchange): string | undefined {
  return ctx.get('Last-Event-ID') || text(parameters, 'lastEventId')
}

function answerHead(ctx: Koa.Context): void {
  ctx.status = 200
  ctx.set(EVENT_STREAM_HEADERS)
}

function refused(why: 'full' | 'ending'): HttpError {
  const full = 'there are as many streams as there can be (BOYA_MAX_STREAMS), and all have clients; try again later'
  const detail = why === 'full' ? full : 'this process is ending; another one takes its place'
  return new HttpError(503, httpProblem(503, 'No stream can be opened', detail), { 'Retry-After': '5' })
}
