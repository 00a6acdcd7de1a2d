/** A JSON-LD document's text → its @context. */

import type { Json } from '../core/model/entity.ts'
import { isDeeperThan } from '../core/model/json-depth.ts'
import { isObject } from '../core/model/json-object.ts'
import { JsonTextError, parseJson } from '../core/model/json-text.ts'
import { badRequest } from '../core/model/problems.ts'
import { canonicalJson, hashOf } from './canonical-json.ts'
import type { ContextLimits } from './limits.ts'
import { checkLocalContext } from './local-context.ts'
import { processMembers } from './process-members.ts'

/** A @context, and what it costs to find out about it. */
export interface ContextContent {
  readonly context: Json
  /** Equal for equal contents. */
  readonly hash: string
  /** Of its canonical JSON. */
  readonly bytes: number
}

/** The @context of one document, as whatever keeps documents hands it out. */
export interface ContextDocument extends ContextContent {
  readonly localId: string
  /** When to ask for it again; milliseconds since 1970, Infinity where it changes by a request only. */
  readonly freshUntil: number
  /** The Tenant that it belongs to; absent where it is everybody's. */
  readonly tenant?: string
}

/** A @context with its hash and its size. */
export function contentOf(context: Json): ContextContent {
  const text = canonicalJson(context)
  return { context, hash: hashOf(text), bytes: Buffer.byteLength(text) }
}

/**
 * Throws BadRequestData where the text is no JSON object with a valid @context (5.5.6: "If the remote JSON-LD @context
 * is invalid, implementations shall raise an error of type BadRequestData").
 */
export async function readContextDocument(text: string, url: string, limits: ContextLimits): Promise<Json> {
  // RFC 8259, 8.1: parsers "MAY ignore the presence of a byte order mark".
  const context = contextOf(parse(text.replace(/^\uFEFF/, ''), url))
  if (context === undefined) {
    throw badRequest(`The document at ${url} is no JSON-LD context: it needs to be a JSON object with an "@context".`)
  }
  if (isDeeperThan(limits.maxDepth, context)) {
    throw badRequest(
      `The @context at ${url} has objects and arrays in one another more than ${limits.maxDepth} deep (BOYA_MAX_JSON_DEPTH).`,
    )
  }
  await checkContext(context, `The @context at ${url}`, limits)
  return context
}

/** Throws BadRequestData where the @context is invalid as far as can be said without following its URLs. */
export async function checkContext(context: Json, where: string, limits: ContextLimits): Promise<void> {
  checkLocalContext(context, where, limits)
  const members = Array.isArray(context) ? context : [context]
  const alone = members.every((member) => isObject(member) && !Object.hasOwn(member, '@import'))
  if (alone) await processMembers(members.filter(isObject), where)
}

/** Throws BadRequestData where a @context is larger than one may be: to process it stops all else. */
export function checkSize(bytes: number, maxBytes: number): void {
  if (bytes > maxBytes) {
    throw badRequest(
      `The @context, with all that it refers to, is larger than ${maxBytes} bytes (BOYA_CONTEXT_MAX_BYTES); split it, or leave out terms that are not used.`,
    )
  }
}

/** Undefined where the document is no object with a member `@context`. */
export function contextOf(document: Json): Json | undefined {
  return isObject(document) && Object.hasOwn(document, '@context') ? document['@context'] : undefined
}

/** The message tells where the text stops being JSON and quotes nothing: it may be a page that the client may not see. */
function parse(text: string, url: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    throw badRequest(`The document at ${url} is no JSON${placeOfFault(text)}.`)
  }
}

function placeOfFault(text: string): string {
  try {
    parseJson(text, { depth: Number.POSITIVE_INFINITY, digits: Number.POSITIVE_INFINITY })
    return ''
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error
    // Too deep for the parser that knows places.
    if (error.reason === 'limit') return ''
    const before = text.slice(0, error.position)
    return ` (line ${before.split('\n').length}, column ${error.position - before.lastIndexOf('\n')})`
  }
}
