/** The bytes of one line of an export → what it says. */

import { isUtf8 } from 'node:buffer'
import type { Json, JsonObject } from '../../core/model/entity.ts'
import { isObject } from '../../core/model/json-object.ts'
import { type JsonLimits, JsonTextError, parseJson } from '../../core/model/json-text.ts'
import { badRequest } from '../../core/model/problems.ts'
import { show } from '../../core/model/show.ts'
import { isUri } from '../../core/model/uri.ts'
import { type Counts, FORMAT, type Line, NONE, OF_TENANT, type OfTenant, OLDEST_FORMAT } from './line.ts'
import { TransferError } from './transfer-error.ts'

/**
 * Throws TransferError where it is no line of an export: then nobody knows what was lost with it, perhaps where another
 * Tenant begins. `limits`: of what a client sends.
 */
export function readLine(bytes: Buffer, limits: JsonLimits): Line {
  if (!isUtf8(bytes)) throw new TransferError('it is not UTF-8')
  const text = bytes.toString('utf8')
  try {
    return lineOf(parseJson(text, { ...limits, depth: depthOfForm(limits.depth) }))
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error
    const [, kind] = /^\s*\{"(\w+)":/.exec(text) ?? []
    const of = ofTenant(kind)
    if (error.reason === 'syntax' || of === undefined)
      throw new TransferError(`it is damaged: no JSON from its ${error.position + 1}. character on (${error.message})`)
    return { kind: 'refused', of, problem: badRequest(error.message) }
  }
}

/** A level of sub-attributes is three in the form in which entities are kept: attributes, instances, an instance. */
function depthOfForm(depth: number): number {
  return 3 * depth + 8
}

function lineOf(json: Json): Line {
  const members = isObject(json) ? Object.entries(json) : []
  const [first] = members
  if (first === undefined || members.length > 1) throw notOne(json)
  const [kind, value] = first
  const of = ofTenant(kind)
  if (of !== undefined) return { kind: of, json: value }
  switch (kind) {
    case 'export':
      return firstOf(value)
    case 'broker':
      if (typeof value === 'string' && isUri(value)) return { kind, id: value }
      throw new TransferError(`the id of a broker is a URI, not ${show(value)}`)
    case 'tenant':
      if (typeof value === 'string') return { kind, name: value }
      throw new TransferError(`the name of a Tenant is a text, not ${show(value)}`)
    case 'end':
      return { kind, counts: countsOf(value) }
    default:
      throw notOne(json)
  }
}

function ofTenant(kind: string | undefined): OfTenant | undefined {
  return OF_TENANT.find((each) => each === kind)
}

function notOne(json: Json): TransferError {
  const hint =
    isObject(json) && (json.id ?? json['@id']) !== undefined ? '; entities as clients send them are for boya load' : ''
  return new TransferError(`it is no line of an export of Boya: ${show(json)}${hint}`)
}

function firstOf(json: Json): Line {
  const { by, format, tenants } = membersOf(json)
  if (by !== 'Boya' || typeof format !== 'number') throw notOne(json)
  if (format > FORMAT)
    throw new TransferError(
      `it was written by a newer Boya, in format ${format}; this one reads up to ${FORMAT}: use the newer`,
    )
  if (!Number.isInteger(format) || format < OLDEST_FORMAT)
    throw new TransferError(`there is no format ${format}; this Boya reads ${OLDEST_FORMAT} to ${FORMAT}`)
  return { kind: 'export', tenants: countOf('tenants', tenants), format }
}

function countsOf(json: Json): Counts {
  const said = membersOf(json)
  const names = Object.keys(NONE) as (keyof Counts)[]
  // Where earlier formats know nothing of a kind, there is none.
  return Object.fromEntries(
    names.map((name) => [name, countOf(name, said[name] ?? (SINCE_FIRST.has(name) ? undefined : 0))]),
  ) as unknown as Counts
}

const SINCE_FIRST: ReadonlySet<string> = new Set(['tenants', 'contexts', 'entities', 'subscriptions'])

function membersOf(json: Json): JsonObject {
  return isObject(json) ? json : {}
}

function countOf(name: string, json: Json | undefined): number {
  if (typeof json === 'number' && Number.isSafeInteger(json) && json >= 0) return json
  throw new TransferError(`the number of ${name} is ${show(json)}`)
}
