/** Resources: types/ and attributes/ (6.25–6.28) */

import type Koa from 'koa'
import type { TermTable } from '../core/jsonld/terms.ts'
import type { Json } from '../core/model/entity.ts'
import { attributeName } from '../core/representation/attribute-name.ts'
import { decodeName } from '../core/representation/decoder.ts'
import {
  renderAttribute,
  renderAttributeList,
  renderAttributes,
  renderEntityTypeInfo,
  renderEntityTypeList,
  renderEntityTypes,
} from '../core/representation/render-discovery.ts'
import {
  retrieveAvailableAttributeInformation,
  retrieveAvailableAttributes,
  retrieveAvailableEntityTypeInformation,
  retrieveAvailableEntityTypes,
  retrieveDetailsOfAvailableAttributes,
  retrieveDetailsOfAvailableEntityTypes,
} from '../operations/discovery.ts'
import { sendWithContext } from './answer.ts'
import type { Api } from './api.ts'
import { type Exchange, flag, open } from './exchange.ts'
import { linkedContext } from './request-context.ts'

type Answer = (exchange: Exchange, terms: TermTable) => Promise<Json>

async function answer(ctx: Koa.Context, api: Api, operationId: string, make: Answer): Promise<void> {
  const exchange = open(ctx, api, operationId)
  const context = await linkedContext(ctx, api, exchange.call)
  const body = await make(exchange, context.terms)
  const shown = { mediaType: exchange.mediaType, context, contextInBody: false }
  await sendWithContext(ctx, api, exchange.call, 200, body, shown)
}

/** 6.25.3.1 */
export async function getTypes(ctx: Koa.Context, api: Api): Promise<void> {
  await answer(ctx, api, 'retrieveAvailableEntityTypes', async ({ call, parameters }, terms) =>
    flag(parameters, 'details') === true
      ? renderEntityTypes(await retrieveDetailsOfAvailableEntityTypes(api.operations, call), terms)
      : renderEntityTypeList(await retrieveAvailableEntityTypes(api.operations, call), terms),
  )
}

/** 6.26.3.1 */
export async function getType(ctx: Koa.Context, api: Api): Promise<void> {
  await answer(ctx, api, 'retrieveAvailableEntityTypeInformation', async ({ call }, terms) => {
    const type = decodeName(ctx.params.type, { parameter: 'type' }, { terms, limits: api.limits })
    return renderEntityTypeInfo(await retrieveAvailableEntityTypeInformation(api.operations, call, type), terms)
  })
}

/** 6.27.3.1 */
export async function getAttributes(ctx: Koa.Context, api: Api): Promise<void> {
  await answer(ctx, api, 'retrieveAvailableAttributes', async ({ call, parameters }, terms) =>
    flag(parameters, 'details') === true
      ? renderAttributes(await retrieveDetailsOfAvailableAttributes(api.operations, call), terms)
      : renderAttributeList(await retrieveAvailableAttributes(api.operations, call), terms),
  )
}

/** 6.28.3.1 */
export async function getAttribute(ctx: Koa.Context, api: Api): Promise<void> {
  await answer(ctx, api, 'retrieveAvailableAttributeInformation', async ({ call }, terms) => {
    const attribute = attributeName(ctx.params.attrId, { parameter: 'attrId' }, { terms, limits: api.limits })
    return renderAttribute(await retrieveAvailableAttributeInformation(api.operations, call, attribute), terms)
  })
}
