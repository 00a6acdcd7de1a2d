/** Which @context applies: the user's, made into a term table, the core always last. */

import { compileTermTable } from '../core/jsonld/compile.ts'
import type { Json } from '../core/model/entity.ts'
import { badRequest, Problem } from '../core/model/problems.ts'
import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { ResolvedContext } from '../ports/contexts.ts'
import { CORE_NAME, nameOf } from './body.ts'
import { canonicalJson, hashOf, urnOf } from './canonical-json.ts'
import { type ContextDocument, checkSize } from './context-document.ts'
import { type CoreContext, coreUrlOf } from './core-context.ts'
import { type FlatContext, flatten } from './flatten.ts'
import { createOncePerKey } from './once-per-key.ts'
import { processMembers } from './process-members.ts'
import type { Resolution, Resolutions } from './resolutions.ts'

export interface ResolveDeps {
  readonly core: CoreContext
  readonly resolutions: Resolutions
  readonly clock: Clock
  readonly maxNesting: number
  readonly maxBytes: number
  load(call: Call, url: string): Promise<ContextDocument>
  /** Called for each use of each document. */
  used(localId: string): void
}

export type Resolve = (call: Call, context: Json) => Promise<ResolvedContext>

const MOST_CHARACTERS_OF_A_URL = 8_192

export function createCoreOnly(core: CoreContext): ResolvedContext {
  return { terms: compileTermTable(new Map(), core.definitions), key: 'core', ...CORE_NAME }
}

export function createResolve(deps: ResolveDeps): Resolve {
  const once = createOncePerKey<Resolution>()
  return async (call, context) => {
    const key = typeof context === 'string' ? context : canonicalJson(context)
    const known = deps.resolutions.find(call.tenant, key)
    const resolution =
      known !== undefined && deps.clock.now() < known.freshUntil
        ? known
        : await inTime(
            call.signal,
            once.run(`${call.tenant}\n${key}`, () => make(deps, call, context, key, known)),
          )
    for (const localId of resolution.documents) deps.used(localId)
    return resolution.resolved
  }
}

/**
 * A request waits for its @contexts no longer than it may take: a batch could name thousands of slow hosts, one after
 * another. The download goes on for whoever asks next.
 */
function inTime<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(new Problem('LdContextNotAvailable', TOO_LATE))
    if (signal.aborted) giveUp()
    signal.addEventListener('abort', giveUp, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp))
  })
}

const TOO_LATE =
  'The @contexts that the request names had not all come in the time that a request may take (BOYA_REQUEST_TIMEOUT); use fewer or faster hosts, or host the @contexts at the broker.'

async function make(
  deps: ResolveDeps,
  call: Call,
  context: Json,
  key: string,
  known: Resolution | undefined,
): Promise<Resolution> {
  if (context === null) throw badRequest('"@context" must be a URL, an object, or an array of these, not null.')
  if (typeof context === 'string' && context.length > MOST_CHARACTERS_OF_A_URL) {
    throw badRequest(`The URL of the @context is longer than ${MOST_CHARACTERS_OF_A_URL} characters.`)
  }
  if (typeof context !== 'string') checkSize(key, deps.maxBytes)
  const epoch = deps.resolutions.epoch()
  const flat = await flatten(context, {
    load: (url) => deps.load(call, url),
    core: deps.core.inPlace,
    maxNesting: deps.maxNesting,
  })
  const documents = [...flat.documents.values()]
  const contents = contentKey(key, flat)
  const resolution: Resolution = {
    // What has been looked at again and found the same is not compiled again.
    ...(known?.resolved.key === contents ? known : await compile(deps.core, context, contents, flat)),
    documents: [...new Set([...documents.map(({ localId }) => localId), ...coreIdsIn(context)])],
    freshUntil: Math.min(...documents.map(({ freshUntil }) => freshUntil)),
  }
  // Where something changed meanwhile, this one answer may be the old one, no later one.
  if (epoch === deps.resolutions.epoch()) {
    deps.resolutions.keep(documents.some(({ tenant }) => tenant !== undefined) ? call.tenant : '', key, resolution)
  }
  return resolution
}

async function compile(
  core: CoreContext,
  context: Json,
  key: string,
  flat: FlatContext,
): Promise<Pick<Resolution, 'resolved' | 'terms'>> {
  const user = await processMembers(flat.members, 'The @context')
  return { resolved: { terms: compileTermTable(user, core.definitions), key, ...nameOf(context) }, terms: user.size }
}

/** The core's are applied to every request; they count as used where a request names them. */
function coreIdsIn(context: Json): string[] {
  const members = Array.isArray(context) ? context : [context]
  const urls = members.map((member) => (typeof member === 'string' ? coreUrlOf(member) : undefined))
  return urls.filter((url) => url !== undefined).map(urnOf)
}

function contentKey(key: string, flat: FlatContext): string {
  const contents = [...flat.documents].map(([url, { hash }]) => `${hash} ${url}`).sort()
  return hashOf([key, ...contents].join('\n'))
}
