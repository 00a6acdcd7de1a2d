/** JSON-LD's context processing, by the `jsonld` package, of @contexts whose URLs have been followed already. */

import jsonld from 'jsonld'
import type { TermDefinitions } from '../core/jsonld/definitions.ts'
import type { JsonObject } from '../core/model/entity.ts'
import { badRequest } from '../core/model/problems.ts'

interface ActiveContext {
  readonly mappings: TermDefinitions
}

/** What the package offers beyond its published types. */
interface ContextProcessor {
  processContext(active: ActiveContext | null, local: unknown, options: object): Promise<ActiveContext>
}

const processor = jsonld as unknown as ContextProcessor
const options = { base: '', documentLoader: refuseToLoad }

/** Throws BadRequestData, naming `where`, when the @context is invalid. A null member takes back what came before it. */
export async function processMembers(members: readonly (JsonObject | null)[], where: string): Promise<TermDefinitions> {
  try {
    const initial = await processor.processContext(null, null, options)
    return (await processor.processContext(initial, { '@context': members }, options)).mappings
  } catch (error) {
    throw badRequest(`${where} is invalid: ${explain(error)}`)
  }
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const term = 'details' in error ? (error.details as { readonly term?: unknown } | undefined)?.term : undefined
  return typeof term === 'string' ? `${error.message} (term "${term}")` : error.message
}

async function refuseToLoad(url: string): Promise<never> {
  throw new Error(`a reference to ${url} stands where none is allowed.`)
}
