/**
 * What there is: Entity types and Attributes (5.7.5–5.7.10), from what is held locally, as 5.7.11 allows. IRIs, sorted as
 * they are found; names and their order are the answer's.
 */

import type { AttributeTally } from '../core/model/attribute-tally.ts'
import type { AttributeType } from '../core/model/entity.ts'
import { notFound } from '../core/model/problems.ts'
import type { Call } from '../ports/call.ts'
import type { OperationContext } from './operation-context.ts'

/** 5.2.25 */
export interface EntityTypeDetails {
  readonly type: string
  readonly attributes: readonly string[]
}

/** 5.2.28 */
export interface AttributeDetails {
  readonly attribute: string
  readonly attributeTypes: readonly AttributeType[]
  readonly types: readonly string[]
  /** Instances. */
  readonly count: number
}

/** 5.2.26 */
export interface EntityTypeInformation {
  readonly type: string
  readonly count: number
  readonly attributes: readonly AttributeDetails[]
}

/** 5.7.5 Retrieve Available Entity Types */
export async function retrieveAvailableEntityTypes(
  { store }: OperationContext,
  call: Call,
): Promise<readonly string[]> {
  return [...(await store.entities.countTypes(call)).keys()]
}

/** 5.7.6 Retrieve Details of Available Entity Types */
export async function retrieveDetailsOfAvailableEntityTypes(
  context: OperationContext,
  call: Call,
): Promise<readonly EntityTypeDetails[]> {
  const types = await retrieveAvailableEntityTypes(context, call)
  const tallies = await context.store.entities.countAttributes(call)
  const attributes = new Map(types.map((type) => [type, new Set<string>()]))
  for (const { type, attribute } of tallies) if (type !== undefined) attributes.get(type)?.add(attribute)
  return [...attributes].map(([type, names]) => ({ type, attributes: [...names] }))
}

/** 5.7.7 Retrieve Available Entity Type Information. Throws ResourceNotFound. */
export async function retrieveAvailableEntityTypeInformation(
  { store }: OperationContext,
  call: Call,
  type: string,
): Promise<EntityTypeInformation> {
  const count = (await store.entities.countTypes(call)).get(type)
  if (count === undefined) throw notFound(`there is no entity of the type ${type}`)
  return { type, count, attributes: detailsOf(await store.entities.countAttributes(call, { type })) }
}

/** 5.7.8 Retrieve Available Attributes */
export async function retrieveAvailableAttributes({ store }: OperationContext, call: Call): Promise<readonly string[]> {
  return [...new Set((await store.entities.countAttributes(call)).map(({ attribute }) => attribute))]
}

/** 5.7.9 Retrieve Details of Available Attributes */
export async function retrieveDetailsOfAvailableAttributes(
  { store }: OperationContext,
  call: Call,
): Promise<readonly AttributeDetails[]> {
  return detailsOf(await store.entities.countAttributes(call))
}

/** 5.7.10 Retrieve Available Attribute Information. Throws ResourceNotFound. */
export async function retrieveAvailableAttributeInformation(
  { store }: OperationContext,
  call: Call,
  attribute: string,
): Promise<AttributeDetails> {
  const [details] = detailsOf(await store.entities.countAttributes(call, { attribute }))
  if (details === undefined) throw notFound(`no entity has the Attribute ${attribute}`)
  return details
}

function detailsOf(tallies: readonly AttributeTally[]): readonly AttributeDetails[] {
  const byAttribute = new Map<string, AttributeTally[]>()
  for (const tally of tallies) {
    const known = byAttribute.get(tally.attribute)
    if (known === undefined) byAttribute.set(tally.attribute, [tally])
    else known.push(tally)
  }
  return [...byAttribute].map(([attribute, own]) => ({
    attribute,
    attributeTypes: [...new Set(own.map(({ attributeType }) => attributeType))].sort(),
    types: [...new Set(own.flatMap(({ type }) => type ?? []))],
    // Those of no type are all of them.
    count: own.reduce((sum, { type, instances }) => sum + (type === undefined ? instances : 0), 0),
  }))
}
