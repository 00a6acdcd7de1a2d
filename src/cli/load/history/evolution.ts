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

export function takeApart(entity: LoadEntity): Evolution {
  const members = membersOf(entity.text)
  const head = members.filter(({ name }) => HEAD.has(name)).map(memberText)
  const others = members.filter(({ name }) => !HEAD.has(name) && !IGNORED.has(name))
  const isWhole = entity.id === undefined || isAnyTwice(members) || others.some(({ text }) => isEmptyArray(text))
  const origin = { source: entity.source, line: entity.line }
  const instances = isWhole
    ? undefined
    : others.flatMap(({ name, text }) => instancesIn(text).map((each) => ({ origin, attribute: name, text: each })))
  return { entity, head: head.join(','), instances }
}

function memberText({ name, text }: Member): string {
  return `${JSON.stringify(name)}:${text}`
}

function isAnyTwice(members: readonly Member[]): boolean {
  return new Set(members.map(({ name }) => name)).size < members.length
}

function isEmptyArray(text: string): boolean {
  return text.startsWith('[') && elementsOfArray(text).length === 0
}

/** An array of objects is one of instances, any other is a value (4.5.2.3); so the broker reads it, too. */
function instancesIn(text: string): readonly string[] {
  if (text.startsWith('{')) return pairsIn(text) ?? [text]
  const elements = text.startsWith('[') ? elementsOfArray(text) : []
  if (elements.length === 0 || !elements.every((each) => each.startsWith('{'))) return [`{"value":${text}}`]
  return MAY_HAVE_PAIRS.test(text) ? elements.flatMap((each) => pairsIn(each) ?? [each]) : elements
}

const MAY_HAVE_PAIRS = new RegExp(`"(?:${Object.keys(PAIR_MEMBERS).join('|')})"\\s*:\\s*\\[`)

/** Simplified temporal representation (4.5.9): its pairs as instances, so that of many some can be sent at a time. */
function pairsIn(attribute: string): readonly string[] | undefined {
  if (!MAY_HAVE_PAIRS.test(attribute)) return undefined
  const members = membersOf(attribute)
  if (members.some(({ name }) => name === 'value' || name === 'object')) return undefined
  const found = members.find(({ name, text }) => Object.hasOwn(PAIR_MEMBERS, name) && text.startsWith('['))
  if (found === undefined) return undefined
  const { member, isNamed } = PAIR_MEMBERS[found.name as keyof typeof PAIR_MEMBERS]
  const shared = members.filter(({ name }) => name === 'type' || name === 'datasetId').map(memberText)
  const pairs = elementsOfArray(found.text).map(elementsOfPair)
  if (pairs.some((pair) => pair.length !== 2)) return undefined
  return pairs.map(([value = '', observedAt = '']) => {
    const named = isNamed && value.startsWith('{') ? membersOf(value).map(memberText) : [`"${member}":${value}`]
    return `{${[...shared, ...named, `"observedAt":${observedAt}`].join(',')}}`
  })
}

function elementsOfPair(text: string): readonly string[] {
  return text.startsWith('[') ? elementsOfArray(text) : []
}
