/** A @context with URLs in it → the objects that it consists of, in their order. */

import type { Json, JsonObject } from '../core/model/entity.ts'
import { badRequest } from '../core/model/problems.ts'
import type { ContextDocument } from './context-document.ts'
import { coreUrlOf } from './core-context.ts'
import { checkLocalContext, isObject, MOST_MEMBERS } from './local-context.ts'

export interface Surroundings {
  load(url: string): Promise<ContextDocument>
  /** What the core's URL stands for. */
  readonly core: JsonObject
  /** How many documents may stand in one another. */
  readonly maxNesting: number
}

export interface FlatContext {
  readonly members: readonly (JsonObject | null)[]
  readonly documents: ReadonlyMap<string, ContextDocument>
}

interface Walk extends Surroundings {
  readonly documents: Map<string, ContextDocument>
  members: number
}

/** Throws BadRequestData where it is invalid, includes itself, or exceeds a limit; and what `load` throws. */
export async function flatten(context: Json, surroundings: Surroundings): Promise<FlatContext> {
  const walk: Walk = { ...surroundings, documents: new Map(), members: 0 }
  const members = await flattenContext(walk, context, [])
  return { members: withCoreFirst(members, surroundings.core), documents: walk.documents }
}

/**
 * Where the core is named, its terms are there to be built on from the start: in its own place it would collide with
 * terms protected before it. Only null, which takes back everything before, comes earlier.
 */
function withCoreFirst(members: readonly (JsonObject | null)[], core: JsonObject): (JsonObject | null)[] {
  if (!members.includes(core)) return [...members]
  const start = members.lastIndexOf(null) + 1
  const rest = members.slice(start).filter((member) => member !== core)
  return [...members.slice(0, start).filter((member) => member !== core), core, ...rest]
}

/** `path`: the URLs of the documents that stand around it, the nearest last. */
async function flattenContext(walk: Walk, context: Json, path: readonly string[]): Promise<(JsonObject | null)[]> {
  checkLocalContext(context, whereOf(path))
  const members = Array.isArray(context) ? context : [context]
  walk.members += members.length
  if (walk.members > MOST_MEMBERS) {
    throw badRequest(`The @context comes to more than ${MOST_MEMBERS} members, with those it refers to; use fewer.`)
  }
  // All at once: the documents may come from different hosts.
  return (await Promise.all(members.map((member) => flattenMember(walk, member, path)))).flat()
}

async function flattenMember(walk: Walk, member: Json, path: readonly string[]): Promise<(JsonObject | null)[]> {
  if (typeof member === 'string') {
    if (coreUrlOf(member) !== undefined) return [walk.core]
    const url = absolute(member, path)
    return flattenContext(walk, (await load(walk, url, path)).context, [...path, url])
  }
  if (!isObject(member)) return [null]
  return [Object.hasOwn(member, '@import') ? await withImport(walk, member, path) : member]
}

async function load(walk: Walk, url: string, path: readonly string[]): Promise<ContextDocument> {
  if (path.includes(url)) throw badRequest(`The @context at ${url} includes itself: ${[...path, url].join(' → ')}.`)
  if (path.length >= walk.maxNesting) {
    throw badRequest(
      `@contexts include one another more than ${walk.maxNesting} deep (BOYA_CONTEXT_MAX_NESTING): ${[...path, url].join(' → ')}.`,
    )
  }
  const document = await walk.load(url)
  walk.documents.set(url, document)
  return document
}

/** JSON-LD 1.1, 4.1.10: the terms of the imported @context, as if they stood in the importing one before its own. */
async function withImport(walk: Walk, member: JsonObject, path: readonly string[]): Promise<JsonObject> {
  const { '@import': reference, ...own } = member
  if (typeof reference !== 'string') throw badRequest(`"@import" in ${whereOf(path)} must be a URL.`)
  if (coreUrlOf(reference) !== undefined) return { ...walk.core, ...own }
  const url = absolute(reference, path)
  const { context } = await load(walk, url, path)
  if (!isObject(context) || Object.hasOwn(context, '@import')) {
    throw badRequest(`"@import" of ${url} needs a document whose @context is one object without "@import".`)
  }
  checkLocalContext(context, whereOf([url]))
  return { ...context, ...own }
}

/** A relative URL is relative to the document that it stands in; in a request there is none. */
function absolute(reference: string, path: readonly string[]): string {
  const base = path.at(-1)
  if (!URL.canParse(reference, base)) {
    throw badRequest(`"${reference}" in ${whereOf(path)} is not an absolute URL; write it with its scheme and host.`)
  }
  const url = new URL(reference, base)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw badRequest(`"${reference}" in ${whereOf(path)} is no http or https URL.`)
  }
  return base === undefined ? reference : url.href
}

function whereOf(path: readonly string[]): string {
  const url = path.at(-1)
  return url === undefined ? 'The @context' : `The @context at ${url}`
}
