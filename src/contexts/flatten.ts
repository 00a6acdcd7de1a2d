/** A @context with URLs in it → the objects that it consists of, in their order. */

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Json, JsonObject } from '../core/model/entity.ts'
import { isObject } from '../core/model/json-object.ts'
import { badRequest } from '../core/model/problems.ts'
import { type ContextDocument, checkSize } from './context-document.ts'
import { coreUrlOf } from './core-context.ts'
import type { ContextLimits } from './limits.ts'
import { checkLocalContext } from './local-context.ts'

interface Surroundings {
  load(url: string): Promise<ContextDocument>
  /** What the core's URL stands for. */
  readonly core: JsonObject
  readonly limits: ContextLimits
}

export interface FlatContext {
  readonly members: readonly (JsonObject | null)[]
  readonly documents: ReadonlyMap<string, ContextDocument>
  /** Of all of it, what stands in it twice counted twice. */
  readonly bytes: number
}

interface Walk extends Surroundings {
  readonly documents: Map<string, ContextDocument>
  /** Under way or done: a document is loaded once, however often it is named. */
  readonly loads: Map<string, Promise<ContextDocument>>
  turn: Promise<unknown>
  members: number
  bytes: number
}

/**
 * `bytes`: of the @context itself. Throws BadRequestData where it is invalid, includes itself, or exceeds a limit; and
 * what `load` throws.
 */
export async function flatten(context: Json, bytes: number, surroundings: Surroundings): Promise<FlatContext> {
  const begun = { documents: new Map(), loads: new Map(), turn: Promise.resolve(), members: 0, bytes: 0 }
  const walk: Walk = { ...surroundings, ...begun }
  grow(walk, bytes)
  const members = await flattenContext(walk, context, [])
  return {
    members: withCoreFirst(members, surroundings.core),
    documents: walk.documents,
    bytes: walk.bytes,
  }
}

function grow(walk: Walk, bytes: number): void {
  walk.bytes += bytes
  checkSize(walk.bytes, walk.limits.maxBytes)
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
  const { maxMembers } = walk.limits
  checkLocalContext(context, whereOf(path), walk.limits)
  const members = Array.isArray(context) ? context.filter(isNoRepeat) : [context]
  walk.members += members.length
  if (walk.members > maxMembers) {
    throw badRequest(
      `The @context comes to more than ${maxMembers} members (BOYA_CONTEXT_MAX_MEMBERS), with those it refers to; use fewer.`,
    )
  }
  // All at once: the documents may come from different hosts.
  return (await Promise.all(members.map((member) => flattenMember(walk, member, path)))).flat()
}

/** What stands directly after the same changes nothing; elsewhere it may, for what came between. */
function isNoRepeat(member: Json, index: number, members: readonly Json[]): boolean {
  return typeof member !== 'string' || member !== members[index - 1]
}

async function flattenMember(walk: Walk, member: Json, path: readonly string[]): Promise<(JsonObject | null)[]> {
  if (typeof member === 'string') {
    if (coreUrlOf(member) !== undefined) return [walk.core]
    const url = absolute(walk, member, path)
    return flattenContext(walk, (await load(walk, url, path)).context, [...path, url])
  }
  if (!isObject(member)) return [null]
  return [Object.hasOwn(member, '@import') ? await withImport(walk, member, path) : member]
}

async function load(walk: Walk, url: string, path: readonly string[]): Promise<ContextDocument> {
  if (path.includes(url)) throw badRequest(`The @context at ${url} includes itself: ${[...path, url].join(' → ')}.`)
  const { maxNesting } = walk.limits
  if (path.length >= maxNesting) {
    throw badRequest(
      `@contexts include one another more than ${maxNesting} deep (BOYA_CONTEXT_MAX_NESTING): ${[...path, url].join(' → ')}.`,
    )
  }
  const loading = walk.loads.get(url) ?? beginLoad(walk, url)
  walk.loads.set(url, loading)
  const document = await loading
  walk.documents.set(url, document)
  grow(walk, document.bytes)
  return document
}

/** Each begins in a turn of its own: to read and parse one that is kept here takes time, which others may need. */
function beginLoad(walk: Walk, url: string): Promise<ContextDocument> {
  const turn = walk.turn.then(() => nextTurn())
  walk.turn = turn
  return turn.then(() => {
    checkSize(walk.bytes, walk.limits.maxBytes)
    return walk.load(url)
  })
}

/** JSON-LD 1.1, 4.1.10: the terms of the imported @context, as if they stood in the importing one before its own. */
async function withImport(walk: Walk, member: JsonObject, path: readonly string[]): Promise<JsonObject> {
  const { '@import': reference, ...own } = member
  if (typeof reference !== 'string') throw badRequest(`"@import" in ${whereOf(path)} must be a URL.`)
  if (coreUrlOf(reference) !== undefined) return { ...walk.core, ...own }
  const url = absolute(walk, reference, path)
  const { context } = await load(walk, url, path)
  if (!isObject(context) || Object.hasOwn(context, '@import')) {
    throw badRequest(`"@import" of ${url} needs a document whose @context is one object without "@import".`)
  }
  checkLocalContext(context, whereOf([url]), walk.limits)
  return { ...context, ...own }
}

/** A relative URL is relative to the document that it stands in; in a request there is none. */
function absolute({ limits }: Walk, reference: string, path: readonly string[]): string {
  const base = path.at(-1)
  if (reference.length > limits.maxUrlLength) {
    throw badRequest(
      `A URL in ${whereOf(path)} is longer than ${limits.maxUrlLength} characters (BOYA_MAX_ID_LENGTH): ${reference.slice(0, 60)}…`,
    )
  }
  const inside = base === undefined ? '' : ` in the @context at ${base}`
  if (!URL.canParse(reference, base)) {
    throw badRequest(
      `"${reference}"${inside} is not an absolute URL; write it with its scheme and host: https://example.org/context.jsonld`,
    )
  }
  const url = new URL(reference, base)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw badRequest(`"${reference}"${inside} is no http or https URL.`)
  }
  return base === undefined ? reference : url.href
}

function whereOf(path: readonly string[]): string {
  const url = path.at(-1)
  return url === undefined ? 'The @context' : `The @context at ${url}`
}
