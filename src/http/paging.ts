/** Pages of a result (5.5.9, 6.3.10, 6.3.13). */

import type Koa from 'koa'
import { badRequest, Problem } from '../core/model/problems.ts'
import { type Exchange, flag, whole } from './exchange.ts'

interface Page {
  readonly limit: number
  readonly offset: number
  readonly count: boolean
}

/** Throws BadRequestData for limit=0 without count, TooManyResults for a page larger than the configured maximum; `what`: is on it. */
export function pageOf({ parameters, api }: Exchange, what = 'entities'): Page {
  const limit = whole(parameters, 'limit') ?? api.limits.pageDefault
  const count = flag(parameters, 'count') ?? false
  // 6.3.13: "Setting the URI parameter limit to zero without including the count URI parameter will result in a 400"
  if (limit === 0 && !count) throw badRequest('limit=0 makes sense together with count=true only', 'limit')
  if (limit > api.limits.pageMax) {
    throw new Problem(
      'TooManyResults',
      `a page has at most ${api.limits.pageMax} ${what} (BOYA_PAGE_MAX); follow the Link header with rel="next" for more`,
      'limit',
    )
  }
  return { limit, count, offset: whole(parameters, 'offset') ?? 0 }
}

/** What to ask for, to show a page: one more entity, which says that there is another page; of none, none. */
export function wanted(page: Page): Page {
  return page.limit === 0 ? page : { ...page, limit: page.limit + 1 }
}

/** 6.3.10: Link values with rel "prev" and "next", their type "exactly equal to the media type" of the answer; `parameters`: of other pages. */
export function pageLinks(
  ctx: Koa.Context,
  page: Page,
  more: boolean,
  mediaType: string,
  parameters = new URLSearchParams(ctx.querystring),
): string[] {
  if (page.limit === 0) return []
  const links: string[] = []
  const link = (offset: number, relation: string) => {
    const others = new URLSearchParams(parameters)
    others.set('limit', String(page.limit))
    others.set('offset', String(offset))
    links.push(linkTo(ctx, others, relation, mediaType))
  }
  if (page.offset > 0) link(Math.max(0, page.offset - page.limit), 'prev')
  if (more) link(page.offset + page.limit, 'next')
  return links
}

/** A value of Link to this resource with other parameters, in the order of their names, so that a page has one URL. */
export function linkTo(ctx: Koa.Context, parameters: URLSearchParams, relation: string, mediaType: string): string {
  parameters.sort()
  const query = [...parameters].map(([name, value]) => `${escaped(name)}=${escaped(value)}`).join('&')
  // The router takes a slash at the end for nothing.
  return `<${ctx.path.replace(/\/$/, '')}?${query}>; rel="${relation}"; type="${mediaType}"`
}

/** RFC 3986: a query may have colons and slashes in it, of which identifiers are full. */
function escaped(text: string): string {
  return encodeURIComponent(text).replaceAll('%3A', ':').replaceAll('%2F', '/')
}
