/** An entity in temporal representation, taken apart into what it says of the entity and its instances, as they were written. */

import { PAIR_MEMBERS } from '../../../core/representation/temporal-pairs.ts'
import type { LoadEntity } from '../entity.ts'
import { elementsOfArray, type Member, membersOf } from './json-slices.ts'

/** The representation that an instance was read in. Its text is not kept: many instances may wait. */
export type Origin = Pick<LoadEntity, 'source' | 'line'>

export interface Instance {
  readonly origin: Origin
  readonly attribute: string
  /** JSON of one instance of the Attribute. */
  readonly text: string
}

export interface Evolution {
  readonly entity: LoadEntity
  /** Members that say which entity it is, with its @context: `"id":"urn:…","type":"Sensor"`. */
  readonly head: string
  /** Undefined where it is sent as it is: it cannot be taken apart, and it is the broker that says why. */
  readonly instances: readonly Instance[] | undefined
}

/** 5.2.20; what is there beside them are Attributes, and the scope. */
const HEAD = new Set(['id', '@id', 'type', '@type', '@context', 'expiresAt'])
/** 5.2.2: ignored where they are provided. */
const IGNORED = new Set(['createdAt', 'modifiedAt', 'deletedAt'])

/** What one representation that was read (5.2.20) says. Its text is known to be JSON of an object; it throws nothing. */
export function takeApart(entity: LoadEntity): Evolution {
  const members = membersOf(entity.text)
  const head = members.filter(({ name }) => HEAD.has(name)).map(memberText)
  const isWhole = entity.id === undefined || isAnyTwice(members)
  return { entity, head: head.join(','), instances: isWhole ? undefined : instancesOf(entity, members) }
}

function instancesOf({ source, line }: LoadEntity, members: readonly Member[]): readonly Instance[] | undefined {
  const origin = { source, line }
  const instances: Instance[] = []
  for (const { name, text } of members) {
    if (HEAD.has(name) || IGNORED.has(name)) continue
    const texts = instancesIn(text)
    if (texts === undefined) return undefined
    for (const each of texts) instances.push({ origin, attribute: name, text: each })
  }
  return instances
}

function memberText({ name, text }: Member): string {
  return `${JSON.stringify(name)}:${text}`
}

function isAnyTwice(members: readonly Member[]): boolean {
  return new Set(members.map(({ name }) => name)).size < members.length
}

/** An array of objects is one of instances, any other is a value (4.5.2.3); so the broker reads it, too. */
function instancesIn(text: string): readonly string[] | undefined {
  if (text.startsWith('{')) return pairsIn(text)
  if (!text.startsWith('[')) return [asValue(text)]
  const elements = elementsOfArray(text)
  if (elements.length === 0) return undefined
  if (!elements.every((each) => each.startsWith('{'))) return [asValue(text)]
  if (!MAY_HAVE_PAIRS.test(text)) return elements
  const parts = elements.map(pairsIn)
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined
}

function asValue(text: string): string {
  return `{"value":${text}}`
}

const MAY_HAVE_PAIRS = new RegExp(`"(?:${Object.keys(PAIR_MEMBERS).join('|')})"\\s*:\\s*\\[`)
const VALUES: readonly string[] = Object.values(PAIR_MEMBERS).map(({ member }) => member)

/**
 * Simplified temporal representation (4.5.9): its pairs as instances, so that of many some can be sent at a time. Any
 * other object is an instance. Undefined where it is not as 4.5.9 has it.
 */
function pairsIn(attribute: string): readonly string[] | undefined {
  if (!MAY_HAVE_PAIRS.test(attribute)) return [attribute]
  const members = membersOf(attribute)
  const found = members.find(({ name, text }) => Object.hasOwn(PAIR_MEMBERS, name) && text.startsWith('['))
  if (found === undefined || members.some(({ name }) => VALUES.includes(name))) return [attribute]
  const shared = members.filter((member) => member !== found)
  const isPlain = shared.some(({ name }) => name === 'type') && shared.every(({ name }) => SHARED.includes(name))
  const pairs = elementsOfArray(found.text).map(elementsOfPair)
  if (!isPlain || pairs.length === 0 || pairs.some((pair) => pair.length !== 2)) return undefined
  return pairs.map(([value = '', observedAt = '']) => {
    const parts = [...shared.map(memberText), ...named(found.name, value), `"observedAt":${observedAt}`]
    return `{${parts.join(',')}}`
  })
}

const SHARED: readonly string[] = ['type', 'datasetId']

function named(pairs: string, value: string): readonly string[] {
  const { member, isNamed } = PAIR_MEMBERS[pairs as keyof typeof PAIR_MEMBERS]
  return isNamed && value.startsWith('{') ? membersOf(value).map(memberText) : [`"${member}":${value}`]
}

function elementsOfPair(text: string): readonly string[] {
  return text.startsWith('[') ? elementsOfArray(text) : []
}
