/** A JSON-LD document's text → its @context. */

import type { Json } from '../core/model/entity.ts'
import { badRequest } from '../core/model/problems.ts'
import { canonicalJson, hashOf } from './canonical-json.ts'
import { checkLocalContext, isObject } from './local-context.ts'
import { processMembers } from './process-members.ts'

/** The @context of one document, as whatever keeps documents hands it out. */
export interface ContextDocument {
  readonly localId: string
  readonly context: Json
  /** Equal for equal contents. */
  readonly hash: string
  /** When to ask for it again; milliseconds since 1970, Infinity where it changes by a request only. */
  readonly freshUntil: number
  /** The Tenant that it belongs to; absent where it is everybody's. */
  readonly tenant?: string
}

export function hashOfContext(context: Json): string {
  return hashOf(canonicalJson(context))
}

/**
 * Throws BadRequestData where the text is no JSON object with a valid @context (5.5.6: "If the remote JSON-LD @context
 * is invalid, implementations shall raise an error of type BadRequestData").
 */
export async function readContextDocument(text: string, url: string): Promise<Json> {
  const context = contextOf(parse(text, url))
  if (context === undefined) {
    throw badRequest(`The document at ${url} is no JSON-LD context: it needs to be a JSON object with an "@context".`)
  }
  if (isDeeperThan(MOST_DEPTH, context)) {
    throw badRequest(`The @context at ${url} has objects and arrays in one another more than ${MOST_DEPTH} deep.`)
  }
  await checkContext(context, `The @context at ${url}`)
  return context
}

/** Far more than a @context can need, far less than what recursion over it can bear. */
const MOST_DEPTH = 64

function isDeeperThan(depth: number, json: Json): boolean {
  if (typeof json !== 'object' || json === null) return false
  return depth === 0 || Object.values(json).some((inner) => isDeeperThan(depth - 1, inner))
}

/** Throws BadRequestData where the @context is invalid as far as can be said without following its URLs. */
export async function checkContext(context: Json, where: string): Promise<void> {
  checkLocalContext(context, where)
  const members = Array.isArray(context) ? context : [context]
  const alone = members.every((member) => isObject(member) && !Object.hasOwn(member, '@import'))
  if (alone) await processMembers(members.filter(isObject), where)
}

/** Throws BadRequestData where a @context, as canonical JSON, is larger than one may be: to process it stops all else. */
export function checkSize(text: string, maxBytes: number): void {
  if (Buffer.byteLength(text) > maxBytes) {
    throw badRequest(
      `The @context is larger than ${maxBytes} bytes (BOYA_CONTEXT_MAX_BYTES); split it, or leave out terms that are not used.`,
    )
  }
}

export function contextOf(document: Json): Json | undefined {
  return isObject(document) && Object.hasOwn(document, '@context') ? document['@context'] : undefined
}

function parse(text: string, url: string): Json {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw badRequest(`The document at ${url} is no JSON: ${error instanceof Error ? error.message : String(error)}.`)
  }
}
