/** The answer of Query Entities, whether it was asked by GET (6.4.3.2) or by POST (6.23.3.1). */

import type { EntityQuery } from '../core/query/ast.ts'
import { type FoundPage, queryEntities, refuseTooDeep } from '../operations/query-entities.ts'
import type { ResolvedContext } from '../ports/contexts.ts'
import { isContextIn, send, sendTextWithContext } from './answer.ts'
import { orderingOf, type Selected } from './entity-filter.ts'
import { type Exchange, flag } from './exchange.ts'
import { showPageWithLinked } from './linked-entities.ts'
import { GEO_JSON } from './negotiation.ts'
import { pageLinks, pageOf, wanted } from './paging.ts'
import { createShower, type Shower } from './shown-entities.ts'
import { appliedVersion, type View, viewOf } from './view.ts'

/** Sends a page, a count, or with `explain` how they were found. Throws BadRequestData, TooComplexQuery, TooManyResults (5.7.2.4). */
export async function answerQuery(
  exchange: Exchange,
  context: ResolvedContext,
  { filter, local }: Selected,
): Promise<void> {
  const { ctx, api, call } = exchange
  const begun = performance.now()
  const view = viewOf(exchange, context)
  refuseTooDeep(filter, view.join.level)
  const page = pageOf(exchange)
  const ordering = orderingOf(exchange, context)
  const query: EntityQuery = { ...wanted(page), filter, ...(ordering && { ordering }) }
  const read = performance.now()
  const explain = flag(exchange.parameters, 'explain') === true
  const shower = createShower(exchange, view)
  // Linked entities are found in the entities themselves.
  const known = view.join.kind === 'none' && !explain ? shower.known : undefined
  const found = await queryEntities(api.operations, call, query, local, known)
  if (found.total !== undefined) ctx.set('NGSILD-Results-Count', String(found.total))
  if (explain) return send(ctx, 200, explanation(found, read - begun, page.limit))
  await sendPage(exchange, view, found, page, shower)
}

async function sendPage(exchange: Exchange, view: View, found: FoundPage, page: Page, shower: Shower): Promise<void> {
  const { ctx, api, call, mediaType } = exchange
  const shown = await showPageWithLinked(exchange, view, found.entities.slice(0, page.limit), shower)
  const links = pageLinks(ctx, { ...page, offset: found.offset }, found.entities.length > page.limit, mediaType)
  const applied = appliedVersion(view)
  if (applied !== undefined) ctx.set('Preference-Applied', applied)
  const status = shown.some(({ altered }) => altered) ? 203 : 200
  const entities = `[${shown.map(({ text }) => text).join(',')}]`
  const body = mediaType === GEO_JSON ? featureCollection(entities, view) : entities
  await sendTextWithContext(ctx, api, call, status, body, view, links)
}

/** 4.5.16.3, of features that are text already. */
function featureCollection(features: string, view: View): string {
  const context = isContextIn(view) ? `,"@context":${JSON.stringify(view.context.body)}` : ''
  return `{"type":"FeatureCollection","features":${features}${context}}`
}

type Page = ReturnType<typeof pageOf>

/** Our own: how the query was answered, instead of its answer. */
function explanation({ plan, entities, total }: FoundPage, parsing: number, limit: number): object {
  return {
    index: plan.via,
    candidates: plan.candidates,
    evaluated: plan.evaluated,
    aside: plan.aside,
    found: Math.min(entities.length, limit),
    ...(total !== undefined && { total }),
    milliseconds: { parsing: rounded(parsing), ...shares(plan.milliseconds) },
  }
}

/** `looking`: along the index, and reading the page. */
function shares({ total, planning, evaluating }: FoundPage['plan']['milliseconds']) {
  const looking = total - planning - evaluating
  return { planning: rounded(planning), looking: rounded(looking), evaluating: rounded(evaluating) }
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000
}
