import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { subscriptionNaming } from '../../../test/support/subscription-naming.ts'
import type { JsonObject } from '../model/entity.ts'
import type { Query } from '../query/ast.ts'
import type { SubscriptionNaming } from './decode-condition.ts'
import { decodeSubscription } from './decode-subscription.ts'
import { ownMembers } from './own-members.ts'
import { renderSubscription } from './render-subscription.ts'
import type { StoredSubscription } from './subscription.ts'
import { updateSubscription } from './update-subscription.ts'

const NOW = Date.UTC(2026, 5, 1)
const ID = 'urn:s:1'
const VOCABULARY = 'https://example.org/default/'

/** An @context of these terms; other names stand for themselves in a vocabulary that all share. */
function naming(definitions: Readonly<Record<string, string>>): SubscriptionNaming {
  const terms = new Map(Object.entries(definitions))
  const expand = (name: string): string => terms.get(name) ?? (name.includes(':') ? name : VOCABULARY + name)
  const compact = (iri: string): string => {
    const [term] = [...terms].find(([, each]) => each === iri) ?? []
    const name = iri.startsWith(VOCABULARY) ? iri.slice(VOCABULARY.length) : iri
    return term ?? (expand(name) === iri ? name : iri)
  }
  return { ...subscriptionNaming(), terms: { expand, compact, compactVocab: compact } }
}

function made(members: JsonObject, by: SubscriptionNaming): StoredSubscription {
  const notification = { endpoint: { uri: 'https://example.org/notify' } }
  const json = { type: 'Subscription', entities: [{ type: '*' }], notification, ...members }
  const { subscription, ...rest } = decodeSubscription(json, ID, by, NOW)
  return { ...rest, subscription: { ...subscription, jsonldContext: 'https://example.org/c' } }
}

function shown(stored: StoredSubscription, { terms }: SubscriptionNaming): JsonObject {
  const figures = { timesSent: 0, timesFailed: 0 }
  return ownMembers(renderSubscription(stored, { terms, now: NOW, figures, sysAttrs: false }))
}

const A = naming({ a: 'https://a.org/a', b: 'https://a.org/b', red: 'https://a.org/red' })
const B = naming({ b: 'https://a.org/a', a: 'https://b.org/a', rouge: 'https://a.org/red' })

describe('5.5.7: what a Subscription names, in the @context of who asks', () => {
  const members = {
    ...{ q: 'a>5|(c[x.y]=="A";b{T:a}==urn:x:1)', jsonKeys: 'a,c', csf: 'a=="x"', watchedAttributes: ['a'] },
    geoQ: { georel: 'within', geometry: 'Point', coordinates: [1, 2], geoproperty: 'b' },
    entities: [{ type: '(a;b),c' }],
  } as const

  it('is shown as it was sent where it means the same', () => {
    expect(shown(made(members, A), A)).toMatchObject(members)
    const common = { q: 'c==5', jsonKeys: 'c,c', expandValues: 'd,c', csf: '(c)' }
    expect(shown(made(common, A), B)).toMatchObject(common)
  })

  it('is printed with other names where it does not', () => {
    expect(shown(made(members, A), B)).toMatchObject({
      q: 'b>5|(c[x.y]=="A";https://a.org/b{T:b}==urn:x:1)',
      jsonKeys: 'b,c',
      csf: 'b=="x"',
      watchedAttributes: ['b'],
      geoQ: { ...members.geoQ, geoproperty: 'https://a.org/b' },
      entities: [{ type: '(b;https://a.org/b)|c' }],
    })
  })

  it('values that expandValues made IRIs of are shown by their names', () => {
    const stored = made({ q: 'a==red,"red";c==red', expandValues: 'a' }, A)
    expect(shown(stored, B)).toMatchObject({ q: 'b==rouge,"rouge";c==red', expandValues: 'b' })
    expect(shown(stored, naming({}))).toMatchObject({
      q: 'https://a.org/a=="https://a.org/red","https://a.org/red";c==red',
      expandValues: 'https://a.org/a',
    })
  })

  it('5.8.2: q and expandValues keep their meaning where the other one is sent with another @context', () => {
    const stored = made({ q: 'a==red', expandValues: 'c' }, A)
    const expanded = updateSubscription(stored, { expandValues: 'b' }, B, NOW)
    expect(expanded.sent).toMatchObject({ q: 'b==red', expandValues: 'b' })
    expect(expanded.subscription.condition.q).toMatchObject({ path: { names: ['https://a.org/a'] } })
    const asking = updateSubscription(made({ q: 'a==1', expandValues: 'a' }, A), { q: 'b==rouge' }, B, NOW)
    expect(asking.subscription.condition.q).toMatchObject({ test: { values: [{ iri: 'https://a.org/red' }] } })
  })
})

const NAMES = ['a', 'b', 'c', 'd', 'e']
const name = fc.constantFrom(...NAMES)
const definitions = fc.dictionary(
  name,
  name.map((last) => `https://example.org/${last}`),
  { maxKeys: 5 },
)
const test = fc.constantFrom('', '>5', '=="a"', '==a,"b"', '!=e', '==1..3', '~="^a"', '==urn:x:y', '>=2026-01-01')
const path = fc.oneof(
  name,
  fc.tuple(name, name).map((names) => names.join('.')),
  fc.tuple(name, name, name).map(([link, type, inner]) => `${link}{${type}:${inner}[c]}`),
)
const term = fc.tuple(path, test).map((parts) => parts.join(''))
const q = fc.oneof(
  term,
  fc.array(term, { minLength: 2, maxLength: 3 }).map(([x, ...others]) => `${x};(${others.join('|')})`),
)
const some = fc.uniqueArray(name, { minLength: 1, maxLength: 3 })
const list = some.map((names) => names.join(','))
const sent = fc.record(
  {
    ...{ q, expandValues: list, jsonKeys: list, csf: q, watchedAttributes: some },
    geoQ: name.map((geoproperty) => ({ georel: 'within', geometry: 'Point', coordinates: [1, 2], geoproperty })),
    entities: fc
      .oneof(
        list,
        some.map((names) => `(${names.join(';')})`),
      )
      .map((type) => [{ type }]),
    notification: fc
      .tuple(fc.constantFrom('pick', 'omit', 'attributes'), some)
      .map(([member, names]) => ({ [member]: names, endpoint: { uri: 'https://example.org/notify' } })),
  },
  { requiredKeys: [] },
)

/** A value that was expanded is known by what it was made. */
function byIri(query: Query | undefined): unknown {
  const text = JSON.stringify(query, (_, value) =>
    value !== null && typeof value === 'object' && 'iri' in value ? { iri: value.iri } : value,
  )
  return text === undefined ? undefined : JSON.parse(text)
}

function meaning({ subscription }: StoredSubscription): unknown {
  const { condition, alsoNamed, ...rest } = subscription
  return { ...rest, condition: { ...condition, q: byIri(condition.q) }, alsoNamed: { ...alsoNamed } }
}

it('what is shown with any @context means with it what is kept, and a PATCH of it changes nothing', () => {
  fc.assert(
    fc.property(sent, definitions, definitions, (members, theirs, ours) => {
      // Two terms of one IRI may make one member of a list of two.
      fc.pre([theirs, ours].every((terms) => new Set(Object.values(terms)).size === Object.keys(terms).length))
      const stored = made(members as JsonObject, naming(theirs))
      const asked = naming(ours)
      const { id: _, type: __, jsonldContext: ___, ...seen } = shown(stored, asked)
      expect(meaning(made(seen, asked))).toEqual(meaning(stored))
      expect(meaning(updateSubscription(stored, seen, asked, NOW))).toEqual(meaning(stored))
    }),
    { numRuns: 500 },
  )
})
