/** Every route, with the clauses that it obeys. The OpenAPI document has the same table; a test compares them. */

import type Koa from 'koa'
import type { Api } from './api.ts'
import { deleteAttributeByName, patchAttribute, patchAttributes, postAttributes, putAttribute } from './attributes.ts'
import { postCreate, postDelete, postMerge, postUpdate, postUpsert } from './batches.ts'
import { deleteOwnRetention, getRetention, putRetention } from './boya-history.ts'
import { getDelivery, getExplain, postRedeliver, postTest } from './boya-subscriptions.ts'
import { deleteContext, getContext, getContexts, postContext } from './contexts.ts'
import { getAttribute, getAttributes, getType, getTypes } from './discovery.ts'
import { deleteEntities, getEntities, postEntity } from './entities.ts'
import { deleteEntityById, getEntity, patchEntity, putEntity } from './entity.ts'
import { getEntityStream } from './entity-stream.ts'
import { postQuery } from './query.ts'
import {
  getDocs,
  getDocsAsset,
  getHistoryPage,
  getHistoryPageAsset,
  getLanding,
  getLive,
  getOpenApiJson,
  getOpenApiYaml,
  getReady,
  getVersion,
} from './service.ts'
import { getSourceIdentity } from './source-identity.ts'
import {
  deleteSubscriptionById,
  getSubscription,
  getSubscriptions,
  patchSubscription,
  postSubscription,
} from './subscriptions.ts'

import { getTemporalEntities, postTemporalEntity, postTemporalQuery } from './temporal-entities.ts'
import {
  deleteTemporalAttribute,
  deleteTemporalEntity,
  deleteTemporalInstance,
  getTemporalEntity,
  patchTemporalInstance,
  postTemporalAttributes,
} from './temporal-entity.ts'

type Handler = (ctx: Koa.Context, api: Api) => Promise<void>

interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** As OpenAPI writes it. */
  readonly path: string
  readonly operationId: string
  readonly clause: string
  readonly handler: Handler
}

const root = '/ngsi-ld/v1'
const entity = `${root}/entities/{entityId}`
const attribute = `${entity}/attrs/{attrId}`
const batch = `${root}/entityOperations`
const subscriptions = `${root}/subscriptions`
const subscription = `${subscriptions}/{subscriptionId}`
const temporal = `${root}/temporal/entities/{entityId}`
const temporalAttribute = `${temporal}/attrs/{attrId}`
const context = `${root}/jsonldContexts`
/** Beside the standard. */
const ownOfHistory = '/boya/v1/history/retention'
const ownOfSubscription = '/boya/v1/subscriptions/{subscriptionId}'

function route(method: Route['method'], path: string, operationId: string, clause: string, handler: Handler): Route {
  return { method, path, operationId, clause, handler }
}

/** The router tries them in this order: those that are called most come first. */
export const routes: readonly Route[] = [
  route('GET', entity, 'retrieveEntity', '5.7.1; 6.5.3.1', getEntity),
  route('PATCH', attribute, 'partialAttributeUpdate', '5.6.4; 6.7.3.1', patchAttribute),
  route('PATCH', `${entity}/attrs`, 'updateAttributes', '5.6.2; 6.6.3.2', patchAttributes),
  route('GET', `${root}/entities`, 'queryEntities', '5.7.2; 6.4.3.2', getEntities),
  route('POST', `${root}/entities`, 'createEntity', '5.6.1; 6.4.3.1', postEntity),
  route('POST', `${batch}/upsert`, 'batchEntityUpsert', '5.6.8; 6.15.3.1', postUpsert),
  route('POST', `${entity}/attrs`, 'appendAttributes', '5.6.3; 6.6.3.1', postAttributes),
  route('PATCH', entity, 'mergeEntity', '5.6.17; 6.5.3.4', patchEntity),
  route('PUT', entity, 'replaceEntity', '5.6.18; 6.5.3.3', putEntity),
  route('DELETE', entity, 'deleteEntity', '5.6.6; 6.5.3.2', deleteEntityById),
  route('PUT', attribute, 'replaceAttribute', '5.6.19; 6.7.3.3', putAttribute),
  route('DELETE', attribute, 'deleteAttribute', '5.6.5; 6.7.3.2', deleteAttributeByName),
  route('DELETE', `${root}/entities`, 'purgeEntities', '5.6.21; 6.4.3.3', deleteEntities),
  route('POST', `${batch}/query`, 'queryEntitiesByPost', '5.7.2; 6.23.3.1', postQuery),
  route('POST', `${batch}/create`, 'batchEntityCreation', '5.6.7; 6.14.3.1', postCreate),
  route('POST', `${batch}/update`, 'batchEntityUpdate', '5.6.9; 6.16.3.1', postUpdate),
  route('POST', `${batch}/delete`, 'batchEntityDelete', '5.6.10; 6.17.3.1', postDelete),
  route('POST', `${batch}/merge`, 'batchEntityMerge', '5.6.20; 6.31.3.1', postMerge),
  route('GET', `${root}/types`, 'retrieveAvailableEntityTypes', '5.7.5, 5.7.6; 6.25.3.1', getTypes),
  route('GET', `${root}/types/{type}`, 'retrieveAvailableEntityTypeInformation', '5.7.7; 6.26.3.1', getType),
  route('GET', `${root}/attributes`, 'retrieveAvailableAttributes', '5.7.8, 5.7.9; 6.27.3.1', getAttributes),
  route(
    'GET',
    `${root}/attributes/{attrId}`,
    'retrieveAvailableAttributeInformation',
    '5.7.10; 6.28.3.1',
    getAttribute,
  ),
  route('GET', temporal, 'retrieveTemporalEvolution', '5.7.3; 6.19.3.1', getTemporalEntity),
  route('GET', `${root}/temporal/entities`, 'queryTemporalEvolution', '5.7.4; 6.18.3.2', getTemporalEntities),
  route('POST', `${root}/temporal/entities`, 'createOrUpdateTemporalEvolution', '5.6.11; 6.18.3.1', postTemporalEntity),
  route('DELETE', temporal, 'deleteTemporalEvolution', '5.6.16; 6.19.3.2', deleteTemporalEntity),
  route('POST', `${temporal}/attrs`, 'addAttributesToTemporalEvolution', '5.6.12; 6.20.3.1', postTemporalAttributes),
  route(
    'DELETE',
    temporalAttribute,
    'deleteAttributeFromTemporalEvolution',
    '5.6.13; 6.21.3.1',
    deleteTemporalAttribute,
  ),
  route(
    'PATCH',
    `${temporalAttribute}/{instanceId}`,
    'modifyAttributeInstanceInTemporalEvolution',
    '5.6.14; 6.22.3.1',
    patchTemporalInstance,
  ),
  route(
    'DELETE',
    `${temporalAttribute}/{instanceId}`,
    'deleteAttributeInstanceFromTemporalEvolution',
    '5.6.15; 6.22.3.2',
    deleteTemporalInstance,
  ),
  route(
    'POST',
    `${root}/temporal/entityOperations/query`,
    'queryTemporalEvolutionByPost',
    '5.7.4; 6.24.3.1',
    postTemporalQuery,
  ),
  route('POST', subscriptions, 'createSubscription', '5.8.1; 6.10.3.1', postSubscription),
  route('GET', subscriptions, 'querySubscriptions', '5.8.4; 6.10.3.2', getSubscriptions),
  route('GET', subscription, 'retrieveSubscription', '5.8.3; 6.11.3.1', getSubscription),
  route('PATCH', subscription, 'updateSubscription', '5.8.2; 6.11.3.2', patchSubscription),
  route('DELETE', subscription, 'deleteSubscription', '5.8.5; 6.11.3.3', deleteSubscriptionById),
  route('GET', `${ownOfSubscription}/delivery`, 'retrieveDelivery', 'Boya', getDelivery),
  route('POST', `${ownOfSubscription}/redeliver`, 'redeliverNotifications', 'Boya', postRedeliver),
  route('POST', `${ownOfSubscription}/test`, 'sendSampleNotification', 'Boya', postTest),
  route('GET', `${ownOfSubscription}/explain`, 'explainSubscription', 'Boya', getExplain),
  route('GET', ownOfHistory, 'retrieveHistoryRetention', 'Boya', getRetention),
  route('PUT', ownOfHistory, 'replaceHistoryRetention', 'Boya', putRetention),
  route('DELETE', ownOfHistory, 'deleteHistoryRetention', 'Boya', deleteOwnRetention),
  route('POST', context, 'addContext', '5.13.2; 6.29.3.1', postContext),
  route('GET', context, 'listContexts', '5.13.3; 6.29.3.2', getContexts),
  route('GET', `${context}/{contextId}`, 'serveContext', '5.13.4; 6.30.3.1', getContext),
  route('DELETE', `${context}/{contextId}`, 'deleteContext', '5.13.5; 6.30.3.2', deleteContext),
  route('GET', `${root}/info/sourceIdentity`, 'retrieveContextSourceIdentity', '5.15.1; 6.33.3.1', getSourceIdentity),
  route('GET', '/boya/v1/entities/stream', 'streamEntities', 'Boya', getEntityStream),
  route('GET', '/health/live', 'live', 'Boya', getLive),
  route('GET', '/health/ready', 'ready', 'Boya', getReady),
  route('GET', '/version', 'version', 'Boya', getVersion),
  route('GET', '/openapi.json', 'openapiJson', 'Boya', getOpenApiJson),
  route('GET', '/openapi.yaml', 'openapiYaml', 'Boya', getOpenApiYaml),
  route('GET', '/docs', 'docs', 'Boya', getDocs),
  route('GET', '/docs/{asset}', 'docsAsset', 'Boya', getDocsAsset),
  route('GET', '/history', 'historyPage', 'Boya', getHistoryPage),
  route('GET', '/history/{file}', 'historyPageAsset', 'Boya', getHistoryPageAsset),
  route('GET', '/', 'landingPage', 'Boya', getLanding),
]

/** Resources of the standard (6.2) that come with later versions: 5.5.6 wants OperationNotSupported for them. */
const laterResources = new RegExp(`^${root}/(?:csourceRegistrations|csourceSubscriptions|entityMaps|snapshots)(?:/|$)`)

export function isLater(path: string): boolean {
  return laterResources.test(path)
}
