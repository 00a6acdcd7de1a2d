/** What a patch sends, judged when the Attribute that it changes is known (5.5.8, 5.5.12): the {@link Reading} of its fragments. */

import type { AttributeType, Json, JsonObject } from '../model/entity.ts'
import { type Reading, type ReadingOptions, type Removal, type ValueMember, valueMemberOf } from '../model/fragment.ts'
import { checkMembers } from './decode-elements.ts'
import { decodeText, decodeValueOf } from './decode-value.ts'
import { type Decoder, memberFor } from './decoder.ts'
import { below, fault, type Path } from './path.ts'

/** An Attribute's object, as far as it could be read without the type of what is there. */
interface AttributeObject {
  readonly name: string
  readonly json: JsonObject
  readonly path: Path
  /** The type that was sent. */
  readonly sent: AttributeType | undefined
  /** The value member that was sent. */
  readonly member: ValueMember | undefined
  /** Whether the type, or the value member alone, told how to read all of it. */
  readonly decided: boolean
  readonly value: Json | Removal | undefined
}

/** An object is read as the type that is there; what its own type decided is read already. */
export function objectReading(object: AttributeObject, decoder: Decoder): Reading {
  const { path } = object
  return { as: (type) => objectAs(object, type, decoder), refuse: (detail) => fault(path, detail) }
}

function objectAs(object: AttributeObject, type: AttributeType, decoder: Decoder): Json | Removal | undefined {
  const { name, json, path, sent, member, decided, value } = object
  // 5.6.4.4: "the type of the Attribute has to be the same as the type of the targeted Attribute fragment".
  if (sent !== undefined && sent !== type)
    throw wrongType(type, `a ${sent}`, below(path, memberFor('type', json, path)))
  // Also of NGSI-LD Null: the member lets the type be inferred (4.5.3.3), and what is of another type is not meant.
  if (member !== undefined && member !== valueMemberOf[type]) {
    throw wrongType(type, `an Attribute with "${member}"`, below(path, member))
  }
  if (value === null || decided) return value
  checkMembers(json, type, path)
  const raw = member === undefined ? undefined : json[member]
  return raw === undefined ? undefined : decodeValueOf(name, type, raw, below(path, member ?? ''), decoder)
}

/** A value without an Attribute around it. */
export function bareReading(name: string, json: Json, path: Path, decoder: Decoder): Reading {
  return {
    as: (type, options) => {
      if (type === 'LanguageProperty') return inOneLanguage(json, path, options)
      if (!standsAlone(type, options)) throw wrongType(type, 'a bare value', path)
      return decodeValueOf(name, type, json, path, decoder)
    },
    refuse: (detail) => fault(path, detail),
  }
}

/** 4.5.2.3 lets the values of Properties and GeoProperties stand alone, 4.5.4 those of Relationships and lists, too. */
function standsAlone(type: AttributeType, { simplified }: ReadingOptions): boolean {
  if (type === 'Property' || type === 'GeoProperty') return true
  return simplified && type !== 'VocabProperty' && type !== 'JsonProperty'
}

/** 5.6.17.4: "The string value shall only replace the value associated to the language tag key". */
function inOneLanguage(json: Json, path: Path, { lang }: ReadingOptions): Json {
  if (lang !== undefined) return { [lang]: decodeText(json, path) }
  throw fault(
    path,
    'the Attribute is a LanguageProperty: send {"languageMap":{…}}, or a string together with the parameter lang',
  )
}

function wrongType(present: AttributeType, sent: string, path: Path) {
  return fault(
    path,
    `the Attribute is a ${present} with "${valueMemberOf[present]}", what was sent is ${sent}; the type of an Attribute cannot be changed: delete it first, or replace it`,
  )
}
