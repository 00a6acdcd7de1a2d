/** The core @contexts shipped with the broker: every version is known, the newest is applied (4.4). */

import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { TermDefinitions } from '../core/jsonld/definitions.ts'
import type { Json, JsonObject } from '../core/model/entity.ts'
import { isObject } from '../core/model/json-object.ts'
import { processMembers } from './process-members.ts'

const BASE = 'https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context'
const NEWEST = '1.9'

export const CORE_VERSIONS = ['1.3', '1.4', '1.5', '1.6', '1.7', '1.8', NEWEST] as const
/** 4.4: "publicly available at". The one that is applied and answered, whichever version a request names. */
export const CORE_CONTEXT_URL = urlOfCore(NEWEST)

const urls = new Map<string, string>([
  ...CORE_VERSIONS.map((version) => [urlOfCore(version), urlOfCore(version)] as const),
  [`${BASE}.jsonld`, CORE_CONTEXT_URL],
  [BASE, CORE_CONTEXT_URL],
])

/** The URL under which ETSI publishes a version, such as `1.9`. */
export function urlOfCore(version: string): string {
  return `${BASE}-v${version}.jsonld`
}

/** The URL under which a core @context is listed; undefined where `url` names none. */
export function coreUrlOf(url: string): string | undefined {
  return urls.get(url.startsWith('http://') ? `https://${url.slice('http://'.length)}` : url)
}

/** The path of the shipped document of a version. */
export function fileOfCore(version: string): string {
  return fileURLToPath(new URL(`../../contexts/ngsi-ld-core-context-v${version}.jsonld`, import.meta.url))
}

export interface CoreContext {
  readonly definitions: TermDefinitions
  /**
   * The same terms, unprotected: what the core's URL inside a user @context stands for, so that what follows it may
   * build on its terms and redefine them without an error. It changes nothing in the end: the core comes last again.
   */
  readonly inPlace: JsonObject
}

/** Throws where the shipped document is missing or damaged. */
export async function loadCoreContext(): Promise<CoreContext> {
  const document: Json = JSON.parse(await readFile(fileOfCore(NEWEST), 'utf8'))
  const context = isObject(document) ? document['@context'] : undefined
  if (!isObject(context)) throw new Error(`${fileOfCore(NEWEST)} has no @context`)
  const inPlace = Object.fromEntries(
    Object.entries(context)
      .filter(([term]) => term !== '@protected')
      .map(([term, definition]) => [term, withoutScope(definition)]),
  )
  return { definitions: await processMembers([inPlace], 'The core @context'), inPlace }
}

/** The scope of `ngsildproof` refers to a document elsewhere; its members are no names that the broker expands. */
function withoutScope(definition: Json): Json {
  if (!isObject(definition)) return definition
  const { '@context': _, ...unscoped } = definition
  return unscoped
}
