import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const OF_A_STORE = [
  'core/model',
  'core/query',
  'core/history',
  'ports',
  'observability',
  'stores/common',
  'stores/common/nothing-owed.ts',
]

/** Which room may import which (ARCHITECTURE.md). A room is the longest of these prefixes that a file lies under. */
const mayImport: Record<string, readonly string[]> = {
  'core/model': [],
  'core/jsonld': ['core/model'],
  'core/query': ['core/model'],
  'core/history': ['core/model', 'core/query'],
  'core/representation': ['core/model', 'core/jsonld', 'core/history'],
  'core/subscription': ['core/model', 'core/jsonld', 'core/query', 'core/representation'],
  ports: ['core/model', 'core/jsonld', 'core/query', 'core/history', 'core/subscription'],
  observability: [],
  outbound: ['core/model', 'observability'],
  config: ['core/model', 'core/history'],
  // What others have left is put together also by who opens the store for another purpose.
  'stores/common/nothing-owed.ts': ['core/subscription', 'ports'],
  'stores/common': ['core/model', 'core/history', 'ports'],
  'stores/sqlite': OF_A_STORE,
  'stores/mongo': OF_A_STORE,
  contexts: ['core/model', 'core/jsonld', 'ports', 'outbound', 'duties', 'observability'],
  operations: [
    'core/model',
    'core/jsonld',
    'core/query',
    'core/history',
    'core/representation',
    'core/subscription',
    'ports',
  ],
  duties: ['core/model', 'ports', 'observability'],
  notifications: [
    'notifications/announcing.ts',
    'core/model',
    'core/jsonld',
    'core/query',
    'core/representation',
    'core/subscription',
    'ports',
    'outbound',
    'duties',
    'observability',
  ],
  // Which subscription is being changed is told by whoever changes it.
  'notifications/announcing.ts': ['core/subscription', 'ports', 'duties'],
  // What clients send is described once; an import is judged by it, too.
  'http/validate.ts': ['core/model', 'http'],
  http: [
    'http/validate.ts',
    'core/model',
    'core/jsonld',
    'core/query',
    'core/history',
    'core/representation',
    'core/subscription',
    'ports',
    'operations',
    'observability',
  ],
  'open-store.ts': ['stores/sqlite', 'stores/mongo', 'config', 'ports', 'core/history'],
  'broker.ts': [
    'open-store.ts',
    'http',
    'notifications',
    'operations',
    'contexts',
    'duties',
    'outbound',
    'observability',
    'config',
    'ports',
    'core/model',
    'core/history',
  ],
  workers: [],
  'cli/transfer': [
    'core/model',
    'core/history',
    'core/representation',
    'core/subscription',
    'ports',
    'contexts',
    'operations',
    'notifications/announcing.ts',
    'http/validate.ts',
  ],
  cli: [
    'broker.ts',
    'open-store.ts',
    'workers',
    'cli/transfer',
    'config',
    'observability',
    'ports',
    'core/model',
    'core/representation',
  ],
  'main.ts': ['cli', 'config'],
}

/** Which packages (besides node:) a room may import; every room that is not here may import none. */
const mayUse: Record<string, readonly string[]> = {
  'core/model': ['lossless-json'],
  'core/jsonld': ['lru-cache'],
  'core/query': ['jsts', 're2js', 'lru-cache'],
  outbound: ['undici', 'ipaddr.js'],
  notifications: ['mqtt', 'lru-cache'],
  contexts: ['jsonld', 'lru-cache', 'http-cache-semantics'],
  'stores/common': ['lru-cache'],
  'stores/sqlite': ['@photostructure/sqlite', 'lru-cache'],
  'stores/mongo': ['mongodb', 'lru-cache'],
  observability: ['pino', 'pino-pretty'],
  config: ['node-cron'],
  duties: ['node-cron'],
  http: ['koa', '@koa/router', '@koa/cors', 'koa-compress', 'ajv', 'js-yaml', 'http-link-header', 'lru-cache'],
  cli: ['ajv', 'cli-progress', 'csv-parse', 'undici'],
  'main.ts': ['commander'],
}

const src = resolve(import.meta.dirname, '../src')

function filesUnder(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return filesUnder(path)
    return path.endsWith('.ts') && !path.endsWith('.test.ts') ? [path] : []
  })
}

function roomOf(path: string): string {
  const name = relative(src, path)
  const rooms = Object.keys(mayImport).filter((room) => name === room || name.startsWith(`${room}/`))
  const room = rooms.sort((a, b) => b.length - a.length)[0]
  if (room === undefined) throw new Error(`${name} lies in no room of the import table`)
  return room
}

function importsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g)].map((match) =>
    resolve(dirname(path), match[1] ?? ''),
  )
}

function packagesOf(path: string): string[] {
  const text = readFileSync(path, 'utf8')
  return [...text.matchAll(/^(?:import|export|\}).* from '([^.'\n]+)'|\b(?:import|load)\('([^.'\n]+)'\)/gm)]
    .map((match) => match[1] ?? match[2] ?? '')
    .filter((name) => !name.startsWith('node:'))
    .map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    )
}

const files = filesUnder(src)
const graph = new Map(files.map((file) => [file, importsOf(file)]))

describe('the house', () => {
  it('has imports that point down the table only', () => {
    const wrong: string[] = []
    for (const [file, imports] of graph) {
      const room = roomOf(file)
      for (const target of imports) {
        const other = roomOf(target)
        if (other !== room && !mayImport[room]?.includes(other)) {
          wrong.push(`${relative(src, file)} imports ${relative(src, target)}`)
        }
      }
    }
    expect(wrong).toEqual([])
  })

  it('uses packages only in the rooms that they belong to', () => {
    const wrong = files.flatMap((file) =>
      packagesOf(file)
        .filter((name) => !mayUse[roomOf(file)]?.includes(name))
        .map((name) => `${relative(src, file)} imports ${name}`),
    )
    expect(wrong).toEqual([])
  })

  it('has no cycle', () => {
    const done = new Set<string>()
    const cycles: string[] = []
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) {
        cycles.push([...path.slice(path.indexOf(file)), file].map((name) => relative(src, name)).join(' → '))
        return
      }
      if (done.has(file)) return
      for (const target of graph.get(file) ?? []) visit(target, [...path, file])
      done.add(file)
    }
    for (const file of files) visit(file, [])
    expect(cycles).toEqual([])
  })

  it('reads the environment in config/env.ts only', () => {
    const readers = files.filter((file) => readFileSync(file, 'utf8').includes('process.env'))
    expect(readers.map((file) => relative(src, file)).filter((file) => file !== 'config/env.ts')).toEqual([])
  })

  it('joins signals that live long by duties/either-signal.ts', () => {
    const joining = files.filter((file) => readFileSync(file, 'utf8').includes('AbortSignal.any('))
    // That of a request ends with it.
    expect(joining.map((file) => relative(src, file))).toEqual(['operations/send-sample.ts'])
  })

  it('has no bare parameter behind LIMIT: SQLite plans by its value, and so prepares the statement anew each time', () => {
    const bare = /LIMIT \?\d*(?! \+ 0)(?!\d)/
    expect(files.filter((file) => bare.test(readFileSync(file, 'utf8')))).toEqual([])
  })

  it('has no hook of tests at the top of a module that is shared: a process loads it once, for the first file only', () => {
    const support = filesUnder(resolve(import.meta.dirname)).filter((file) =>
      /^(before|after)(All|Each)\(/m.test(readFileSync(file, 'utf8')),
    )
    expect(support).toEqual([])
  })

  it('keeps files short: 350 lines at most', () => {
    const long = files.filter((file) => readFileSync(file, 'utf8').split('\n').length > 351)
    expect(long.map((file) => relative(src, file))).toEqual([])
  })
})
