import fc, { type GeneratorValue } from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TermTable } from '../src/core/jsonld/terms.ts'
import { partialUpdate } from '../src/core/model/attribute.ts'
import { createEntity } from '../src/core/model/build.ts'
import type { Entity, Json, JsonObject } from '../src/core/model/entity.ts'
import { mergeEntity } from '../src/core/model/merge.ts'
import { Problem } from '../src/core/model/problems.ts'
import {
  decodeAttributeFragment,
  decodeEntity,
  decodeEntityFragment,
} from '../src/core/representation/decode-entity.ts'
import { renderEntity } from '../src/core/representation/render-entity.ts'
import { createdAt, entityArb } from './support/arbitraries.ts'
import { casesOf } from './support/long.ts'

const DEFAULT = 'https://uri.etsi.org/ngsi-ld/default-context/'

/** No @context but the fallback of the core: enough to shorten names. */
const terms: TermTable = {
  expand: (name) => (name.includes(':') ? name : DEFAULT + name),
  compact: (iri) => (iri.startsWith(DEFAULT) ? iri.slice(DEFAULT.length) : iri),
  compactVocab: (iri) => (iri.startsWith(DEFAULT) ? iri.slice(DEFAULT.length) : iri),
}
const context = {
  terms,
  limits: { attributes: 10_000, vertices: 10_000, idLength: 2048, json: { depth: 64, digits: 1000 } },
}

function resend(json: unknown): Json {
  return JSON.parse(JSON.stringify(json))
}

describe('an entity that is read and sent back', () => {
  it.each(['normalized', 'concise'] as const)('is the same entity in %s representation (4.5: "lossless")', (format) => {
    fc.assert(
      fc.property(entityArb.map(withoutExpiry), (entity) => {
        const sent = resend(renderEntity(entity, { format, sysAttrs: false, terms }))
        const again = createEntity(entity.id, decodeEntity(sent, context), createdAt)
        expect(again).toEqual(entity)
      }),
      { numRuns: casesOf(1_000) },
    )
  })

  it('is the same entity in normalized representation with system attributes: they are ignored where they come back (5.2.2)', () => {
    fc.assert(
      fc.property(entityArb, (entity) => {
        const sent = resend(renderEntity(entity, { format: 'normalized', sysAttrs: true, terms }))
        expect(createEntity(entity.id, decodeEntity(sent, context), createdAt)).toEqual(entity)
      }),
      { numRuns: casesOf(600) },
    )
  })

  it.each([
    ['normalized', true],
    ['concise', true],
    ['concise', false],
  ] as const)('does not change when it is merged into itself in %s, sysAttrs %s (5.5.12)', (format, sysAttrs) => {
    fc.assert(
      fc.property(entityArb, (entity) => {
        const sent = resend(renderEntity(entity, { format, sysAttrs, terms }))
        const fragment = decodeEntityFragment(sent, 'merge', context)
        expect(mergeEntity(entity, fragment, { simplified: false }, createdAt).entity).toEqual(entity)
      }),
      { numRuns: casesOf(600) },
    )
  })
})

describe('what a change leaves can be created (5.5.12, 5.5.8)', () => {
  it.each(['normalized', 'concise', 'simplified'] as const)('after a merge of %s', (format) => {
    let taken = 0
    fc.assert(
      fc.property(entityArb, fc.oneof(entityArb, fc.constant(undefined)), fc.gen(), (entity, other, gen) => {
        const sent = disturbed(resend(renderEntity(other ?? entity, { format, sysAttrs: true, terms })), gen)
        const simplified = format === 'simplified'
        const merged = accepted(() => {
          const fragment = decodeEntityFragment(sent, simplified ? 'merge-simplified' : 'merge', context)
          return mergeEntity(entity, fragment, { simplified, lang: 'en' }, createdAt).entity
        })
        if (merged !== undefined) expectCreatable(merged)
        if (merged !== undefined) taken++
      }),
      { numRuns: casesOf(1_200) },
    )
    expect(taken).toBeGreaterThan(100)
  })

  it.each(['normalized', 'concise'] as const)('after a partial update with %s', (format) => {
    let taken = 0
    fc.assert(
      fc.property(entityArb, entityArb, fc.gen(), (entity, other, gen) => {
        for (const [name, instances] of Object.entries(entity.attributes)) {
          const own = gen(fc.boolean) ? instances : (other.attributes[name] ?? instances)
          const shown = resend(
            renderEntity({ ...entity, attributes: { [name]: own } }, { format, sysAttrs: true, terms }),
          )
          const [attribute = 0] = [(shown as JsonObject)[terms.compact(name)] ?? 0].flat()
          const sent = disturbed(attribute, gen)
          const patched = accepted(() =>
            partialUpdate(entity, name, decodeAttributeFragment(sent, name, 'partial', context), createdAt),
          )
          if (patched !== undefined) expectCreatable(patched)
          if (patched !== undefined) taken++
        }
      }),
      { numRuns: casesOf(800) },
    )
    expect(taken).toBeGreaterThan(100)
  })
})

const NULL = 'urn:ngsi-ld:null'

/** What a client may make of a document: members gone, taken away, or of another value. */
function disturbed(json: Json, gen: GeneratorValue): Json {
  if (gen(fc.nat, { max: 24 }) === 0)
    return gen(fc.constantFrom<Json[]>, NULL, NULL, [NULL], {}, [], 'text', 'urn:x:1', 7)
  if (Array.isArray(json)) return json.map((item) => disturbed(item, gen))
  if (typeof json !== 'object' || json === null) return json
  const kept = Object.entries(json).filter(([key]) => gen(fc.nat, { max: key === 'type' ? 2 : 9 }) > 0)
  return Object.fromEntries(kept.map(([key, value]) => [key, keeps.has(key) ? value : disturbed(value, gen)]))
}

/** Without these most would be refused before anything is merged. */
const keeps = new Set(['id', 'type', 'coordinates', 'datasetId', 'scope', 'createdAt', 'modifiedAt'])

function accepted(change: () => Entity): Entity | undefined {
  try {
    return change()
  } catch (error) {
    if (error instanceof Problem) return undefined
    throw error
  }
}

function expectCreatable(entity: Entity): void {
  const sent = resend(renderEntity(entity, { format: 'normalized', sysAttrs: true, terms }))
  expect(createEntity(entity.id, decodeEntity(sent, context), createdAt)).toEqual(entity)
}

/** expiresAt is a system attribute (4.22), shown with sysAttrs only: without them it cannot come back. */
function withoutExpiry(entity: Entity): Entity {
  return JSON.parse(JSON.stringify(entity, (key, value) => (key === 'expiresAt' ? undefined : value)))
}
