/** Entity types and Attributes as documents (4.5.10–4.5.15, 5.2.24–5.2.28). Lists are sorted by name. */

import type { TermTable } from '../jsonld/terms.ts'
import type { Json } from '../model/entity.ts'

type Document = Readonly<Record<string, Json>>

interface Attribute {
  readonly attribute: string
  readonly attributeTypes: readonly string[]
  readonly types: readonly string[]
  readonly count: number
}

/**
 * 5.2.24, 5.2.27: the id is a "URI that is unique within the system scope"; a Tenant of a broker, which is what `holder`
 * stands for, has one list of each kind.
 */
function listId(kind: 'EntityTypeList' | 'AttributeList', holder: string): string {
  return `urn:ngsi-ld:${kind}:${holder.replace(/^urn:uuid:/, '')}`
}

function named(iris: readonly string[], terms: TermTable): readonly string[] {
  return iris.map((iri) => terms.compact(iri)).sort()
}

/** 5.2.24. `holder`: URI of the Tenant of a Context Source whose types these are (5.2.40). */
export function renderEntityTypeList(types: readonly string[], holder: string, terms: TermTable): Document {
  return { id: listId('EntityTypeList', holder), type: 'EntityTypeList', typeList: named(types, terms) }
}

/** 5.2.25 */
export function renderEntityTypes(
  types: readonly { readonly type: string; readonly attributes: readonly string[] }[],
  terms: TermTable,
): readonly Document[] {
  return sorted(
    types.map(({ type, attributes }) => ({
      id: type,
      type: 'EntityType',
      typeName: terms.compact(type),
      attributeNames: named(attributes, terms),
    })),
    'typeName',
  )
}

/** 5.2.26: "Attribute with only the elements "id", "type", "attributeName" and "attributeTypes"". */
export function renderEntityTypeInfo(
  {
    type,
    count,
    attributes,
  }: { readonly type: string; readonly count: number; readonly attributes: readonly Attribute[] },
  terms: TermTable,
): Document {
  const details = attributes.map(({ attribute, attributeTypes }) => ({ ...naming(attribute, terms), attributeTypes }))
  return {
    id: type,
    type: 'EntityTypeInfo',
    typeName: terms.compact(type),
    entityCount: count,
    attributeDetails: sorted(details, 'attributeName'),
  }
}

/** 5.2.27. `holder` as in {@link renderEntityTypeList}. */
export function renderAttributeList(attributes: readonly string[], holder: string, terms: TermTable): Document {
  return { id: listId('AttributeList', holder), type: 'AttributeList', attributeList: named(attributes, terms) }
}

/** 5.7.9: "restricted to the elements id, type, attributeName and typeNames". */
export function renderAttributes(attributes: readonly Attribute[], terms: TermTable): readonly Document[] {
  const documents = attributes.map(({ attribute, types }) => ({
    ...naming(attribute, terms),
    typeNames: named(types, terms),
  }))
  return sorted(documents, 'attributeName')
}

/** 5.2.28 */
export function renderAttribute({ attribute, attributeTypes, types, count }: Attribute, terms: TermTable): Document {
  return { ...naming(attribute, terms), attributeCount: count, attributeTypes, typeNames: named(types, terms) }
}

function naming(attribute: string, terms: TermTable) {
  return { id: attribute, type: 'Attribute', attributeName: terms.compact(attribute) }
}

function sorted<T extends Document>(documents: readonly T[], by: string): readonly T[] {
  return documents.toSorted((a, b) => (String(a[by]) < String(b[by]) ? -1 : 1))
}
