/** Which @context applies: the user's, made into a term table, the core always last. */

import { setImmediate as nextTurn } from 'node:timers/promises'
import { createAnswerMemory } from '../core/jsonld/answer-memory.ts'
import { compileTermTable } from '../core/jsonld/compile.ts'
import type { Json } from '../core/model/entity.ts'
import { badRequest, Problem } from '../core/model/problems.ts'
import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { ResolvedContext } from '../ports/contexts.ts'
import { CORE_NAME, nameOf } from './body.ts'
import { canonicalJson, hashOf, urnOf } from './canonical-json.ts'
import type { ContextDocument } from './context-document.ts'
import { type CoreContext, coreUrlOf } from './core-context.ts'
import { type FlatContext, flatten } from './flatten.ts'
import type { ContextLimits } from './limits.ts'
import { createOncePerKey } from './once-per-key.ts'
import { processMembers } from './process-members.ts'
import type { Resolution, Resolutions } from './resolutions.ts'

interface ResolveDeps {
  readonly core: CoreContext
  readonly resolutions: Resolutions
  readonly clock: Clock
  readonly limits: ContextLimits
  load(call: Call, url: string): Promise<ContextDocument>
  /** Called for each use of each document. */
  used(localId: string): void
}

export type Resolve = (call: Call, context: Json) => Promise<Resolution>

/** What applies where no user @context does (4.4). */
export function createCoreOnly(core: CoreContext): ResolvedContext {
  return { terms: compileTermTable(new Map(), core.definitions), key: 'core', ...CORE_NAME }
}

/** What is resolved: the text by which it is known again, short however long the @context is, and its size. */
interface Asked {
  readonly context: Json
  readonly key: string
  readonly bytes: number
}

type Compile = (members: FlatContext['members'], key: string, context: Json) => Promise<Compiled>

type Compiled = Pick<Resolution, 'resolved' | 'terms'>

const MEMORY_BYTES = 16 * 1024 * 1024

/** Compiles a @context once for all who ask at once, and again when a document of it is expired or has changed. */
export function createResolve(deps: ResolveDeps): Resolve {
  const once = createOncePerKey<Resolution>()
  const compile = createCompile(deps.core)
  return async (call, context) => {
    const asked = askedFor(context)
    const { key } = asked
    const known = deps.resolutions.find(call.tenant, key)
    const resolution =
      known !== undefined && deps.clock.now() < known.freshUntil
        ? known
        : await inTime(
            call.signal(),
            // Whoever asks after something has changed does not wait for what was begun before.
            once.run(`${deps.resolutions.epoch()} ${call.tenant}\n${key}`, () =>
              make(deps, compile, call, asked, known),
            ),
          )
    for (const localId of resolution.documents) deps.used(localId)
    return resolution
  }
}

function askedFor(context: Json): Asked {
  if (typeof context === 'string') return { context, key: `url ${context}`, bytes: 0 }
  const text = canonicalJson(context)
  return { context, key: `hash ${hashOf(text)}`, bytes: Buffer.byteLength(text) }
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
  compile: Compile,
  call: Call,
  { context, key, bytes }: Asked,
  known: Resolution | undefined,
): Promise<Resolution> {
  if (context === null) throw badRequest('"@context" must be a URL, an object, or an array of these, not null.')
  const epoch = deps.resolutions.epoch()
  const flat = await flatten(context, bytes, {
    load: (url) => deps.load(call, url),
    core: deps.core.inPlace,
    limits: deps.limits,
  })
  const documents = [...flat.documents.values()]
  const contents = contentKey(key, flat)
  const resolution: Resolution = {
    // What has been looked at again and found the same is not compiled again.
    ...(known?.resolved.key === contents ? known : await compile(flat.members, contents, context)),
    documents: [...new Set([...documents.map(({ localId }) => localId), ...coreIdsIn(context)])],
    freshUntil: Math.min(...documents.map(({ freshUntil }) => freshUntil)),
    bytes: flat.bytes,
  }
  // Where something changed meanwhile, this one answer may be the old one, no later one.
  if (epoch === deps.resolutions.epoch()) {
    deps.resolutions.keep(documents.some(({ tenant }) => tenant !== undefined) ? call.tenant : '', key, resolution)
  }
  return resolution
}

/** In turns of their own, for each step takes some milliseconds where the @context is large. */
function createCompile(core: CoreContext): Compile {
  const memory = createAnswerMemory(MEMORY_BYTES)
  return async (members, key, context) => {
    await nextTurn()
    const user = await processMembers(members, 'The @context')
    await nextTurn()
    return {
      resolved: { terms: compileTermTable(user, core.definitions, memory), key, ...nameOf(context) },
      terms: user.size,
    }
  }
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
