/** By what subscriptions are judged in tests of core/subscription. */

import type { SubscriptionNaming } from '../../src/core/subscription/decode-condition.ts'

/** A @context of names without a colon: `speed` → `<vocabulary>speed`. */
export function subscriptionNaming(vocabulary = 'urn:A:'): SubscriptionNaming {
  const compact = (iri: string): string => (iri.startsWith(vocabulary) ? iri.slice(vocabulary.length) : iri)
  return {
    terms: { expand: (name) => (name.includes(':') ? name : vocabulary + name), compact, compactVocab: compact },
    limits: {
      idLength: 200,
      selection: 10,
      query: { chars: 1000, terms: 50, depth: 5 },
      geometryVertices: 100,
      joinLevel: 2,
    },
  }
}
