import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import jsonld from 'jsonld'
import { describe, expect, it } from 'vitest'
import type { TermTable } from '../../src/core/jsonld/terms.ts'
import type { Json } from '../../src/core/model/entity.ts'
import { callOf, closesStores, openResolver } from './open-resolver.ts'

closesStores()

/** The term tables against the `jsonld` package itself, name by name. */

const root = resolve(import.meta.dirname, '../..')
const core = unprotected(readJson(join(root, 'contexts/ngsi-ld-core-context-v1.9.jsonld'))['@context'] as Json)
const coreTerms = new Set(Object.keys(core as object))
const vocabulary = 'https://uri.etsi.org/ngsi-ld/default-context/'

type Document = { [member: string]: Json }

function readJson(file: string): Document {
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** jsonld refuses protected terms that collide; the scope of ngsildproof refers to another document. */
function unprotected(context: Json): Json {
  const { '@protected': _, ngsildproof, ...terms } = context as Document
  return { ...terms, ngsildproof: { '@id': (ngsildproof as Document)['@id'] ?? null } }
}

/** name → IRI, each name in a document of its own kind: a property whose value is a node. */
async function expandAll(context: Json, names: readonly string[]): Promise<Map<string, string>> {
  const nodes = Object.fromEntries(names.map((name, i) => [name, { '@id': `urn:n:${i}` }]))
  const expanded = await jsonld.expand({ '@context': [context, core], '@id': 'urn:x', ...nodes } as object)
  const found = new Map<string, string>()
  for (const [iri, values] of Object.entries(expanded[0] ?? {})) {
    for (const [, i] of JSON.stringify(values).matchAll(/"urn:n:(\d+)"/g)) found.set(names[Number(i)] ?? '', iri)
  }
  return found
}

async function compactAll(context: Json, iris: readonly string[]): Promise<Map<string, string>> {
  const nodes = Object.fromEntries(iris.map((iri, i) => [iri, [{ '@id': `urn:n:${i}`, 'urn:p': [{ '@value': 1 }] }]]))
  const compacted = await jsonld.compact(
    { '@id': 'urn:x', ...nodes } as object,
    [context, core] as unknown as jsonld.ContextDefinition,
  )
  const found = new Map<string, string>()
  for (const [name, value] of Object.entries(compacted)) {
    for (const [, i] of JSON.stringify(value).matchAll(/"urn:n:(\d+)"/g)) found.set(iris[Number(i)] ?? '', name)
  }
  return found
}

async function compare(context: Json, terms: TermTable, more: readonly string[]): Promise<void> {
  const defined = Object.keys(context as object).filter((name) => !name.startsWith('@'))
  const names = [...new Set([...defined, ...more, 'constructor', 'toString', 'x:y', 'urn:a:b'])].filter(
    (name) => !coreTerms.has(name) && !terms.expand(name).startsWith('@') && !name.startsWith('@'),
  )
  const expanded = await expandAll(context, names)
  for (const name of names) expect([name, terms.expand(name)]).toEqual([name, expanded.get(name)])

  const iris = [...new Set([...expanded.values(), `${vocabulary}unknown`, 'http://elsewhere.org/x'])]
  const compacted = await compactAll(context, iris)
  for (const iri of iris) {
    const theirs = compacted.get(iri) ?? ''
    const ours = terms.compactVocab(iri)
    expect([iri, terms.expand(ours)]).toEqual([iri, iri])
    // Where jsonld finds no term for an object, because the only ones are for another datatype, ours finds these; and
    // for an IRI of the core it is the core's.
    const theirsIsTerm = Object.hasOwn(context as object, theirs) || theirs === iri.slice(vocabulary.length)
    if (theirsIsTerm && !coreTerms.has(ours)) expect([iri, ours]).toEqual([iri, theirs])
    // And a name of the default-context that stands for something else is written out, not as `ngsi-ld:default-context/…`.
    if (ours === iri && iri.startsWith(vocabulary)) continue
    if (!theirsIsTerm && !Object.hasOwn(context as object, ours) && !coreTerms.has(ours)) {
      expect([iri, ours]).toEqual([iri, theirs])
    }
  }
}

it('the table of the bus, parking and traffic example is jsonld’s', async () => {
  const context = readJson(join(root, 'examples/santander/context.jsonld'))['@context'] ?? {}
  const opened = await openResolver()
  await compare(context, (await opened.resolver.resolve(callOf(), context)).terms, ['unknown'])
  await opened.close()
})

const data = process.env.NGSILD_TEST_DATA
const models = data === undefined ? undefined : join(data, 'smart-data-models')
const reason = models === undefined ? ' (SKIPPED: NGSILD_TEST_DATA names no folder with smart-data-models)' : ''

describe(`real data models${reason}`, () => {
  it.skipIf(models === undefined)(`every published @context and name as jsonld has it${reason}`, async () => {
    if (models === undefined) return
    const opened = await openResolver({ preload: models, maxBytes: 1_000_000, policy: 'public' })
    const used = namesUsed(models)
    const contexts = readFileSync(join(models, 'contexts.tsv'), 'utf8').trim().split('\n').slice(1)
    for (const line of contexts) {
      const [url = '', file = ''] = line.split('\t')
      if (file.startsWith('(')) continue
      const context = readJson(join(models, file))['@context'] ?? {}
      await compare(context, (await opened.resolver.resolve(callOf(), url)).terms, used)
    }
    expect(contexts.length).toBeGreaterThan(10)
    expect(used.length).toBeGreaterThan(100)
    await opened.close()
  })
})

/** Members of the published entities, at every level. */
function namesUsed(folder: string): string[] {
  const names = new Set<string>()
  const collect = (value: Json): void => {
    if (Array.isArray(value)) value.forEach(collect)
    else if (typeof value === 'object' && value !== null) {
      for (const [name, member] of Object.entries(value as Document)) {
        names.add(name)
        if (name !== '@context' && name !== 'value') collect(member)
      }
    }
  }
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = join(folder, path)
    if (path.endsWith('normalized.jsonld') && existsSync(file)) {
      try {
        collect(readJson(file))
      } catch (error) {
        // Some are published with faults of their own; their names are not needed.
        expect(error).toBeInstanceOf(SyntaxError)
      }
    }
  }
  // JSON-LD drops what does not make an IRI.
  return [...names].filter((name) => /^\S+$/.test(name))
}
