/** @contexts that come as files, with the broker or from its operator: known without a network, never deleted. */

import type { Instant } from '../core/model/entity.ts'
import { Problem } from '../core/model/problems.ts'
import type { Clock } from '../ports/clock.ts'
import { urnOf } from './canonical-json.ts'
import { type ContextDocument, contentOf, readContextDocument } from './context-document.ts'
import { ContextSettingError } from './context-setting-error.ts'
import { CORE_VERSIONS, coreUrlOf, fileOfCore, urlOfCore } from './core-context.ts'
import { explainFile, readTextFile } from './files.ts'
import type { ContextLimits } from './limits.ts'
import { preloadFault, readPreloadList } from './preload.ts'

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

/** Throws ContextSettingError where the list is wrong, a file of it cannot be read or is no @context. */
export async function loadFixedContexts(
  preload: string | undefined,
  limits: ContextLimits,
  clock: Clock,
): Promise<FixedContexts> {
  const files = new Map<string, string>()
  const documents = new Map<string, ContextDocument>()
  const contexts: FixedContext[] = CORE_VERSIONS.map((version) => fixed(urlOfCore(version), true, clock.now()))
  const faults: string[] = []
  for (const { url, file, where } of preload === undefined ? [] : await readPreloadList(preload)) {
    if (coreUrlOf(url) !== undefined) continue
    try {
      documents.set(url, await readFixed(url, file, limits))
      files.set(url, file)
      contexts.push(fixed(url, false, clock.now()))
    } catch (error) {
      const remedy = 'correct the file or the line, or take the line out'
      faults.push(preloadFault(`${file}, for ${url} in ${where}, cannot be used: ${explainFile(error)}; ${remedy}`))
    }
  }
  if (faults.length > 0) throw new ContextSettingError(faults)
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
        throw new Problem(
          'LdContextNotAvailable',
          `The broker's own copy of ${url} cannot be read: ${explainFile(error)}.`,
        )
      })
      if (!isCore) documents.set(url, document)
    },
  }
}

function fixed(url: string, isCore: boolean, createdAt: Instant): FixedContext {
  return { url, localId: urnOf(url), isCore, createdAt }
}

async function readFixed(url: string, file: string, limits: ContextLimits): Promise<ContextDocument> {
  const text = await readTextFile(file)
  // The core's has a scoped context, which no user @context may have.
  const context = coreUrlOf(url) === undefined ? await readContextDocument(text, url, limits) : JSON.parse(text)
  return { localId: urnOf(url), ...contentOf(context), freshUntil: Number.POSITIVE_INFINITY }
}
