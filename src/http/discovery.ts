/** Resources: types/ and attributes/ (6.25–6.28) */

import type Koa from 'koa'
import type { TermTable } from '../core/jsonld/terms.ts'
import type { Json } from '../core/model/entity.ts'
import { isName } from '../core/model/name.ts'
import { notFound } from '../core/model/problems.ts'
import { decodeName } from '../core/representation/decoder.ts'
import {
  renderAttribute,
  renderAttributeList,
  renderAttributes,
  renderEntityTypeInfo,
  renderEntityTypeList,
  renderEntityTypes,
} from '../core/representation/render-discovery.ts'
import { contextSourceIdentity } from '../operations/context-source-identity.ts'
import { retrieveAvailableAttributeInformation } from '../operations/retrieve-available-attribute-information.ts'
import { retrieveAvailableAttributes } from '../operations/retrieve-available-attributes.ts'
import { retrieveAvailableEntityTypeInformation } from '../operations/retrieve-available-entity-type-information.ts'
import { retrieveAvailableEntityTypes } from '../operations/retrieve-available-entity-types.ts'
import { retrieveDetailsOfAvailableAttributes } from '../operations/retrieve-details-of-available-attributes.ts'
import { retrieveDetailsOfAvailableEntityTypes } from '../operations/retrieve-details-of-available-entity-types.ts'
import { sendWithContext } from './answer.ts'
import type { Api } from './api.ts'
import { type Exchange, flag, open } from './exchange.ts'
import { linkedContext } from './request-context.ts'

type Answer = (exchange: Exchange, terms: TermTable) => Promise<Json>

async function answer(ctx: Koa.Context, api: Api, operationId: string, make: Answer): Promise<void> {
  const exchange = open(ctx, api, operationId)
  // Names in the answer are those of its @context.
  ctx.vary('Link')
  const context = await linkedContext(ctx, api, exchange.call)
  const body = await make(exchange, context.terms)
  const shown = { mediaType: exchange.mediaType, context, contextInBody: false }
  await sendWithContext(ctx, api, exchange.call, 200, body, shown)
}

/** The Tenant of this broker, as 5.15.1 identifies it. */
function holderOf({ api: { operations, identity }, call }: Exchange): string {
  return contextSourceIdentity(operations.clock, call, identity).id
}

/** The IRI of a name in the path. Throws BadRequestData where it is no name. */
function nameOf({ ctx, api: { limits } }: Exchange, parameter: 'type' | 'attrId', terms: TermTable): string {
  const name: string = ctx.params[parameter]
  // Tables 6.26.3.1-1 and 6.28.3.1-1: a name that is "not known to the system" is ResourceNotFound. So are the names of
  // members of an Entity (4.5.1), which nothing else can have.
  if (isName(name) && terms.expand(name).startsWith('@')) {
    throw notFound(`"${name}" is a member of every Entity, not the name of a type or an Attribute`)
  }
  return decodeName(name, { parameter }, { terms, limits })
}

/** 6.25.3.1 */
export async function getTypes(ctx: Koa.Context, api: Api): Promise<void> {
  await answer(ctx, api, 'retrieveAvailableEntityTypes', async (exchange, terms) =>
    flag(exchange.parameters, 'details') === true
      ? renderEntityTypes(await retrieveDetailsOfAvailableEntityTypes(api.operations, exchange.call), terms)
      : renderEntityTypeList(
          await retrieveAvailableEntityTypes(api.operations, exchange.call),
          holderOf(exchange),
          terms,
        ),
  )
}

/** 6.26.3.1 */
export async function getType(ctx: Koa.Context, api: Api): Promise<void> {
  await answer(ctx, api, 'retrieveAvailableEntityTypeInformation', async (exchange, terms) => {
    const type = nameOf(exchange, 'type', terms)
    return renderEntityTypeInfo(
      await retrieveAvailableEntityTypeInformation(api.operations, exchange.call, type),
      terms,
    )
  })
}

/** 6.27.3.1 */
export async function getAttributes(ctx: Koa.Context, api: Api): Promise<void> {
  await answer(ctx, api, 'retrieveAvailableAttributes', async (exchange, terms) =>
    flag(exchange.parameters, 'details') === true
      ? renderAttributes(await retrieveDetailsOfAvailableAttributes(api.operations, exchange.call), terms)
      : renderAttributeList(
          await retrieveAvailableAttributes(api.operations, exchange.call),
          holderOf(exchange),
          terms,
        ),
  )
}

/** 6.28.3.1 */
export async function getAttribute(ctx: Koa.Context, api: Api): Promise<void> {
  await answer(ctx, api, 'retrieveAvailableAttributeInformation', async (exchange, terms) => {
    const attribute = nameOf(exchange, 'attrId', terms)
    return renderAttribute(await retrieveAvailableAttributeInformation(api.operations, exchange.call, attribute), terms)
  })
}
