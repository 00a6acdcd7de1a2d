import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TermTable } from '../src/core/jsonld/terms.ts'
import { createEntity } from '../src/core/model/build.ts'
import type { Entity, Json } from '../src/core/model/entity.ts'
import { mergeEntity } from '../src/core/model/merge.ts'
import { decodeEntity, decodeEntityFragment } from '../src/core/representation/decode-entity.ts'
import { renderEntity } from '../src/core/representation/render-entity.ts'
import { createdAt, entityArb } from './support/arbitraries.ts'

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
      { numRuns: 500 },
    )
  })

  it('is the same entity in normalized representation with system attributes: they are ignored where they come back (5.2.2)', () => {
    fc.assert(
      fc.property(entityArb, (entity) => {
        const sent = resend(renderEntity(entity, { format: 'normalized', sysAttrs: true, terms }))
        expect(createEntity(entity.id, decodeEntity(sent, context), createdAt)).toEqual(entity)
      }),
      { numRuns: 300 },
    )
  })

  it('does not change when it is merged into itself (5.5.12)', () => {
    fc.assert(
      fc.property(entityArb, (entity) => {
        const sent = resend(renderEntity(entity, { format: 'normalized', sysAttrs: true, terms }))
        const fragment = decodeEntityFragment(sent, 'merge', context)
        expect(mergeEntity(entity, fragment, { simplified: false }, createdAt).entity).toEqual(entity)
      }),
      { numRuns: 300 },
    )
  })
})

/** expiresAt is a system attribute (4.22), shown with sysAttrs only: without them it cannot come back. */
function withoutExpiry(entity: Entity): Entity {
  return JSON.parse(JSON.stringify(entity, (key, value) => (key === 'expiresAt' ? undefined : value)))
}
