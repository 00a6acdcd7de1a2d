/** The documents of the Smart Data Models programme, as they lie in the folder of test data, and which of them are refused. */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { startTestBroker, type TestBroker } from '../support/broker.ts'

const data = process.env.NGSILD_TEST_DATA
/** Undefined where there are none. */
export const models = data === undefined ? undefined : resolve(data, 'smart-data-models')
/** For the title of a suite that is skipped. */
export const reason = models === undefined ? ' (SKIPPED: NGSILD_TEST_DATA names no folder with smart-data-models)' : ''

export type Form = 'normalized' | 'keyvalues'

export interface Published {
  /** `DOMAIN/ENTITY/FORM` */
  readonly name: string
  readonly domain: string
  readonly form: Form
  readonly text: string
}

export function publishedDocuments(): readonly Published[] {
  if (models === undefined) return []
  const folder = models
  const domains = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return domains.flatMap(({ name: domain }) =>
    readdirSync(join(folder, domain)).flatMap((entity) =>
      (['normalized', 'keyvalues'] as const).flatMap((form) => {
        const name = `${domain}/${entity}/${form}`
        const file = join(folder, `${name}.jsonld`)
        return existsSync(file) ? [{ name, domain, form, text: readFileSync(file, 'utf8') }] : []
      }),
    ),
  )
}

const NOWHERE = '(not available)'

/**
 * URL of an @context → file. Two @contexts can be had nowhere any more: in their place stands that of the domain, so
 * that their documents are judged, too, and nothing is asked of the network.
 */
export function publishedContexts(documents: readonly Published[]): ReadonlyMap<string, string> {
  const folder = models ?? ''
  const lines = readFileSync(join(folder, 'contexts.tsv'), 'utf8').trim().split('\n').slice(1)
  const listed = lines.map((line) => line.split('\t') as [string, string]).filter(([url]) => url.startsWith('http'))
  return new Map(
    listed.flatMap(([url, file]) => {
      if (file !== NOWHERE) return file.startsWith('(') ? [] : [[url, join(folder, file)]]
      const user = documents.find(({ text }) => text.includes(`"${url}"`))
      return user === undefined ? [] : [[url, join(folder, user.domain, 'context.jsonld')]]
    }),
  )
}

/** A broker that has them by BOYA_CONTEXTS_PRELOAD; the list itself is read at the start only. */
export async function startWith(contexts: ReadonlyMap<string, string>): Promise<TestBroker> {
  const folder = mkdtempSync(join(tmpdir(), 'boya-contexts-'))
  writeFileSync(join(folder, 'contexts.tsv'), [...contexts].map(([url, file]) => `${url}\t${file}\n`).join(''))
  try {
    return await startTestBroker({ CONTEXTS_PRELOAD: folder })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export interface Refused {
  /** JSON pointer to what is wrong. */
  readonly at: string
  /** In few words, with the clause. */
  readonly reason: string
}

/** By the name of the document. */
export const refused: ReadonlyMap<string, Refused> = new Map(
  readFileSync(join(import.meta.dirname, 'smart-data-models-refused.tsv'), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [name = '', at = '', reason = ''] = line.split('\t')
      return [name, { at, reason }]
    }),
)
