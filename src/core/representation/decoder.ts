/** What decoders need to know of a request, and the small judgements that they share. */

import type { TermTable } from '../jsonld/terms.ts'
import { normalizeDateTime } from '../model/date-time.ts'
import type { Json, JsonObject } from '../model/entity.ts'
import type { Removal } from '../model/fragment.ts'
import type { JsonLimits } from '../model/json-text.ts'
import { isName } from '../model/name.ts'
import { show } from '../model/show.ts'
import { isUri, NGSI_LD_NULL } from '../model/uri.ts'
import { below, fault, type Path } from './path.ts'

/** What is beyond them is BadRequestData, in which the setting is named. */
export interface DecodeLimits {
  /** Attribute instances of one entity, sub-attributes included. */
  readonly attributes: number
  /** Positions of one geometry. */
  readonly vertices: number
  /** Characters of an identifier or name. */
  readonly idLength: number
  /** Of a geometry that comes as a JSON string. */
  readonly json: JsonLimits
}

/** What names are judged by. */
export interface Naming {
  readonly terms: TermTable
  readonly limits: Pick<DecodeLimits, 'idLength'>
}

/** How one document is read: passed down through all of it. */
export interface Decoder extends Naming {
  readonly limits: DecodeLimits
  /** NGSI-LD Null removes members (5.5.8, 5.5.12); elsewhere it is refused (5.5.4). */
  readonly nulls: boolean
  /** NGSI-LD Null may stand inside a value, too (5.5.4: "with the exception of NGSI-LD Fragments used in merge operations"). */
  readonly nullsInValues: boolean
  /** Attributes may come without their value: only what is sent changes. */
  readonly partial: boolean
  /**
   * 6.3.21: the document says that it follows a later version of the standard, so an attribute type that is not known
   * falls back to a Property or a Relationship (4.3.6.8).
   */
  readonly newer: boolean
  /** Counts attribute instances down to the limit, which is that of a setting. `many`: what is said where there are more. */
  readonly budget: { left: number; readonly setting: string; readonly many: (limit: number) => string }
}

/**
 * 4.4: "@id and @type … may also be used in NGSI-LD requests instead of "id" and "type"": the one of them that an Entity or
 * an Attribute has, the keyword where it has none. Throws BadRequestData where it has both.
 */
export function memberFor<Term extends 'id' | 'type'>(term: Term, json: JsonObject, at: Path): Term | `@${Term}` {
  const keyword = `@${term}` as const
  if (json[term] === undefined) return keyword
  if (json[keyword] === undefined) return term
  throw fault(below(at, keyword), `"${term}" and "${keyword}" are the same member; send one of them`)
}

/** NGSI-LD Null for a member: null where it may be removed, BadRequestData where Null has no place. */
export function removal(path: Path, decoder: Decoder): Removal {
  if (decoder.nulls) return null
  throw fault(path, `"${NGSI_LD_NULL}" removes something; here there is nothing to remove: leave the member out`)
}

/** A string that is not empty, or NGSI-LD Null where it {@link removal removes}. Throws BadRequestData, which shows the example. */
export function decodeString(json: Json, path: Path, decoder: Decoder, example: string): string | Removal {
  if (typeof json !== 'string' || json === '') throw fault(path, `expected a string such as "${example}"`)
  return json === NGSI_LD_NULL ? removal(path, decoder) : json
}

/** 4.6.3, 4.8 */
export function decodeDateTime(json: Json, path: Path, decoder: Decoder): string | Removal {
  if (json === NGSI_LD_NULL) return removal(path, decoder)
  const dateTime = typeof json === 'string' ? normalizeDateTime(json) : undefined
  if (dateTime !== undefined) return dateTime
  throw fault(path, `expected a date and time in UTC such as "2026-02-23T05:59:13Z", found ${show(json)}`)
}

/** 5.2.1: a URI that is within the limit of length. Throws BadRequestData. */
export function decodeUri(json: Json, path: Path, decoder: Decoder): string {
  if (typeof json !== 'string' || !isUri(json)) {
    throw fault(
      path,
      `expected a URI such as "urn:ngsi-ld:ParkingSpot:001" (no spaces, no invisible characters), found ${show(json)}`,
    )
  }
  if (json.length > decoder.limits.idLength) {
    throw fault(
      path,
      `the URI has ${json.length} characters; at most ${decoder.limits.idLength} are taken (BOYA_MAX_ID_LENGTH)`,
    )
  }
  return json
}

/** 4.6.2: a name, a prefixed name or an IRI, expanded (5.5.7). */
export function decodeName(json: Json, path: Path, { terms, limits }: Naming): string {
  // 5.5.4; and 4.16: "There is no operation to remove Entity Types from an Entity."
  if (json === NGSI_LD_NULL) throw fault(path, `"${NGSI_LD_NULL}" stands for null and is no name`)
  if (typeof json !== 'string' || !isName(json)) {
    throw fault(
      path,
      `${show(json)} is no name: a name begins with a letter and has only letters, digits and "_", or it is a URI (4.6.2)`,
    )
  }
  if (json.length > limits.idLength) {
    throw fault(
      path,
      `the name has ${json.length} characters; at most ${limits.idLength} are taken (BOYA_MAX_ID_LENGTH)`,
    )
  }
  const iri = terms.expand(json)
  // An @context may make a name an alias of a JSON-LD keyword; then it names no type and no Attribute.
  if (!iri.startsWith('@')) return iri
  throw fault(path, `${show(json)} stands for ${iri} in the @context of the request; name it otherwise there`)
}

/** One name or an array of them, each once. */
export function decodeNames(json: Json, path: Path, decoder: Decoder): readonly string[] {
  if (!Array.isArray(json)) return [decodeName(json, path, decoder)]
  if (json.length === 0) throw fault(path, 'the array is empty; send at least one name')
  return [...new Set(json.map((name, i) => decodeName(name, below(path, i), decoder)))]
}
