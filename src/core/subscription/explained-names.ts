/** Names in an explanation: their IRIs, and what they are called by who subscribed and by who asks. */

import type { TermTable } from '../jsonld/terms.ts'
import { CORE } from '../model/uri.ts'

export interface ExplainedName {
  readonly iri: string
  /** With the @context of the subscription. */
  readonly inSubscription: string
  /** With that of who asks. */
  readonly inRequest: string
}

export interface Names {
  /** For people: `Room (https://example.org/Room)`, or `Room of no @context (…)`. */
  say(iri: string): string
  /** With the @context of the subscription; an IRI where that has no name for it. */
  short(iri: string): string
  of(iris: readonly string[]): readonly ExplainedName[]
  /** For people: that one of these is called like the one that is asked for, and is another; undefined where none is. */
  hint(kind: 'type' | 'Attribute', asked: string, had: readonly string[]): string | undefined
}

export function createNames(subscription: TermTable, request: TermTable): Names {
  const callings = (iri: string): readonly string[] => [
    subscription.compact(iri),
    request.compact(iri),
    lastPartOf(iri),
  ]
  const short: Names['short'] = (iri) => (isHidden(subscription, iri) ? iri : subscription.compact(iri))
  const say = (iri: string): string => {
    if (isHidden(subscription, iri)) return `${lastPartOf(iri)} of no @context (${iri})`
    return short(iri) === iri ? iri : `${short(iri)} (${iri})`
  }
  return {
    short,
    say,
    of: (iris) =>
      iris.map((iri) => ({ iri, inSubscription: subscription.compact(iri), inRequest: request.compact(iri) })),
    hint: (kind, asked, had) => {
      for (const other of had) {
        const common = other === asked ? undefined : commonOf(callings(asked), callings(other))
        if (common !== undefined) return hintOf(kind, asked, other, common)
      }
      return undefined
    },
  }
}

/** What names stand for that no @context explains (5.5.7). */
const DEFAULT = `${CORE}default-context/`

/** Whether it was named without an @context, by a name that means something else here: `ngsi-ld:default-context/Room`. */
function isHidden(terms: TermTable, iri: string): boolean {
  return iri.startsWith(DEFAULT) && terms.compact(iri).endsWith(`:default-context/${iri.slice(DEFAULT.length)}`)
}

/** `Room` of `https://example.org/Room`, `urn:ngsi-ld:Room` and `https://example.org/types#Room`. */
function lastPartOf(iri: string): string {
  return iri.split(/[/#:]/).at(-1) ?? iri
}

interface Common {
  readonly name: string
  /** Whether it is written the same in both. */
  readonly isSame: boolean
}

function commonOf(some: readonly string[], others: readonly string[]): Common | undefined {
  const same = some.find((name) => others.includes(name))
  if (same !== undefined) return { name: same, isSame: true }
  const lower = others.map((name) => name.toLowerCase())
  const similar = some.find((name) => lower.includes(name.toLowerCase()))
  return similar === undefined ? undefined : { name: similar, isSame: false }
}

function hintOf(kind: string, asked: string, other: string, { name, isSame }: Common): string {
  const both = `The subscription asks for the ${kind} ${asked}, the entity has ${other}`
  if (!isSame) return `${both}: names differ where upper and lower case do.`
  return `${both}: the same short name "${name}", but with another @context. ${adviceFor(asked, other)}`
}

function adviceFor(asked: string, other: string): string {
  if (asked.startsWith(DEFAULT))
    return `The subscription was sent without an @context that explains the name: send it with that of the entity.`
  if (other.startsWith(DEFAULT))
    return `The entity was sent without an @context that explains the name: send it with that of the subscription.`
  return 'Send both with the same @context.'
}
