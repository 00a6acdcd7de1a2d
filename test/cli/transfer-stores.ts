/** Stores that exports are taken from and imports go to, and both in this process. */

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runExport } from '../../src/cli/export.ts'
import { openSource } from '../../src/cli/load/source.ts'
import { type ImportArguments, type ImportResult, runImport } from '../../src/cli/run-import.ts'
import { NOT_RECORDED } from '../../src/cli/transfer/not-recorded.ts'
import { type Config, loadConfig } from '../../src/config/config.ts'
import type { Entity } from '../../src/core/model/entity.ts'
import { openStore } from '../../src/open-store.ts'
import type { Call } from '../../src/ports/call.ts'
import type { HistoryPolicy } from '../../src/ports/history.ts'
import type { Store } from '../../src/ports/store.ts'
import { callIn, put } from '../contract/contract-store.ts'
import { quietLog } from '../support/log.ts'

/** For all files of tests that this process runs. */
const folder = mkdtempSync(join(tmpdir(), 'boya-transfer-'))

/** A kind of stores. */
export interface Kind {
  readonly name: string
  /** BOYA_STORE of an empty one, another each time. */
  next(): string
}

let stores = 0

/** The kind that every machine has. */
export const SQLITE: Kind = { name: 'SQLite', next: () => `sqlite:${join(folder, `store-${++stores}`)}` }

/** The settings of a new store, on SQLite where none is named. */
export function newStore(more: Readonly<Record<string, string>> = {}, store = SQLITE.next()): Config {
  return loadConfig({ BOYA_PORT: '0', BOYA_STORE: store, BOYA_SQLITE_SYNCHRONOUS: 'normal', ...more })
}

export async function withStore<T>(
  config: Config,
  use: (store: Store) => Promise<T>,
  history?: HistoryPolicy,
): Promise<T> {
  const store = await openStore(config, { clock: Date, log: quietLog, ...(history && { history }) })
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

/** As it is, whatever its times. */
export function putIn(config: Config, tenant: string, ...entities: readonly Entity[]): Promise<void> {
  return withStore(config, async (store) => {
    if (tenant !== '') await store.tenants.create(tenant)
    await put(store, callIn(tenant), ...entities)
  })
}

/** Ids of all entities, in order of creation. */
export function idsIn(config: Config, tenant = ''): Promise<readonly string[]> {
  return withStore(config, async ({ entities }) => (await entities.walk(callIn(tenant), {}, 100_000)).ids)
}

export function entityIn(config: Config, id: string, tenant = ''): Promise<Entity | undefined> {
  return withStore(config, ({ entities }) => entities.retrieve(callIn(tenant), id))
}

const terminal = { write: () => undefined }
let files = 0

/** The text that an export writes. */
export function exported(config: Config, tenant?: string): Promise<string> {
  return withStore(config, (store) => exportedFrom(store, callIn, tenant))
}

export async function exportedFrom(store: Store, call: (tenant: string) => Call, tenant?: string): Promise<string> {
  const output = join(folder, `export-${++files}.ndjson`)
  await runExport(store, call, { output, ...(tenant !== undefined && { tenant }) }, terminal)
  return readFileSync(output, 'utf8')
}

/** As `boya import` does it, with the lines that were refused. */
export async function imported(
  config: Config,
  content: string | Buffer,
  given: ImportArguments = {},
): Promise<ImportResult & { readonly refusals: readonly Refused[] }> {
  const path = join(folder, `import-${++files}.ndjson`)
  writeFileSync(path, content)
  const source = await openSource(path)
  const result = await withStore(
    config,
    (store) => runImport(source, given, { config, store, callIn, folder, terminal }),
    NOT_RECORDED,
  )
  return {
    ...result,
    refusals: result.refusedPath === undefined ? [] : linesOf(readFileSync(result.refusedPath, 'utf8')),
  }
}

interface Refused {
  readonly line: number
  readonly problem: { readonly title: string; readonly detail: string }
  readonly entity: unknown
}

function linesOf(text: string): readonly Refused[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

type Lines = readonly (readonly [kind: string, value: unknown])[]

/** A whole export of these lines, each `[kind, value]`. */
export function exportOf(...lines: Lines): string {
  const count = (kind: string) => lines.filter(([each]) => each === kind).length
  return written(lines, 2, {
    ...{ tenants: count('tenant'), contexts: count('context'), entities: count('entity') },
    ...{ evolutions: count('evolution'), series: count('series'), retentions: count('retention') },
    subscriptions: count('subscription'),
  })
}

/** As the first Boya that exported wrote it, which knew no history. */
export function firstFormatOf(...lines: Lines): string {
  const count = (kind: string) => lines.filter(([each]) => each === kind).length
  return written(lines, 1, {
    ...{ tenants: count('tenant'), contexts: count('context') },
    ...{ entities: count('entity'), subscriptions: count('subscription') },
  })
}

function written(lines: Lines, format: number, counts: Readonly<Record<string, number>>): string {
  const { tenants } = counts
  const all: Lines = [['export', { by: 'Boya', format, tenants }], ...lines, ['end', counts]]
  return all.map(([kind, value]) => `${JSON.stringify({ [kind]: value })}\n`).join('')
}
