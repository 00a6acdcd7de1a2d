/** @contexts that come as files, with the broker or from its operator: known without a network, never deleted. */

import { readFile } from 'node:fs/promises'
import type { Instant } from '../core/model/entity.ts'
import { Problem } from '../core/model/problems.ts'
import type { Clock } from '../ports/clock.ts'
import { urnOf } from './canonical-json.ts'
import { type ContextDocument, contentOf, readContextDocument } from './context-document.ts'
import { CORE_VERSIONS, coreUrlOf, fileOfCore, urlOfCore } from './core-context.ts'
import type { ContextLimits } from './limits.ts'
import { readPreloadList } from './preload.ts'

export interface FixedContext {
  readonly url: string
  readonly localId: string
  readonly isCore: boolean
  readonly createdAt: Instant
}

export interface FixedContexts {
  list(): readonly FixedContext[]
  /** By local identifier or URL; the core's also by its other URLs. */
  find(id: string): FixedContext | undefined
  /** Of one that is not the core's. */
  load(url: string): ContextDocument | undefined
  /** Reads the file again; throws LdContextNotAvailable, and keeps what it has, where it is damaged or gone. */
  reload(context: FixedContext): Promise<void>
}

/** Throws where a file of the list cannot be read or is no @context. */
export async function loadFixedContexts(
  preload: string | undefined,
  limits: ContextLimits,
  clock: Clock,
): Promise<FixedContexts> {
  const files = new Map<string, string>()
  const documents = new Map<string, ContextDocument>()
  const contexts: FixedContext[] = CORE_VERSIONS.map((version) => fixed(urlOfCore(version), true, clock.now()))
  for (const { url, file } of preload === undefined ? [] : await readPreloadList(preload)) {
    if (coreUrlOf(url) !== undefined || files.has(url)) continue
    files.set(url, file)
    documents.set(url, await readFixed(url, file, limits))
    contexts.push(fixed(url, false, clock.now()))
  }
  for (const version of CORE_VERSIONS) files.set(urlOfCore(version), fileOfCore(version))
  const byId = new Map(
    contexts.flatMap((context) => [[context.localId, context] as const, [context.url, context] as const]),
  )

  return {
    list: () => contexts,
    find: (id) => byId.get(coreUrlOf(id) ?? id),
    load: (url) => documents.get(url),
    reload: async ({ url, isCore }) => {
      const document = await readFixed(url, files.get(url) ?? '', limits).catch((error) => {
        throw new Problem('LdContextNotAvailable', `The broker's own copy of ${url} cannot be read: ${error.message}`)
      })
      if (!isCore) documents.set(url, document)
    },
  }
}

function fixed(url: string, isCore: boolean, createdAt: Instant): FixedContext {
  return { url, localId: urnOf(url), isCore, createdAt }
}

async function readFixed(url: string, file: string, limits: ContextLimits): Promise<ContextDocument> {
  const text = await readFile(file, 'utf8')
  // The core's has a scoped context, which no user @context may have.
  const context = coreUrlOf(url) === undefined ? await readContextDocument(text, url, limits) : JSON.parse(text)
  return { localId: urnOf(url), ...contentOf(context), freshUntil: Number.POSITIVE_INFINITY }
}
