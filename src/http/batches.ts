/** Resources: entityOperations/{create, upsert, update, delete, merge} (6.14–6.17, 6.31) */

import { setImmediate as othersTurn } from 'node:timers/promises'
import type Koa from 'koa'
import type { Json } from '../core/model/entity.ts'
import { isObject } from '../core/model/json-object.ts'
import { badRequest, Problem } from '../core/model/problems.ts'
import { show } from '../core/model/show.ts'
import { isUri } from '../core/model/uri.ts'
import { type DecodeContext, decodeEntity, decodeEntityFragment } from '../core/representation/decode-entity.ts'
import { below, fault, type Path, toPointer } from '../core/representation/path.ts'
import type { BatchItem } from '../operations/batch.ts'
import { batchEntityCreation } from '../operations/batch-entity-creation.ts'
import { batchEntityDelete } from '../operations/batch-entity-delete.ts'
import { batchEntityMerge } from '../operations/batch-entity-merge.ts'
import { batchEntityUpdate } from '../operations/batch-entity-update.ts'
import { batchEntityUpsert } from '../operations/batch-entity-upsert.ts'
import { send, sendBatch, sendNothing } from './answer.ts'
import type { Api } from './api.ts'
import { readBody } from './body.ts'
import { decodeContext, type Exchange, list, open } from './exchange.ts'
import { documentContext, linkedContext } from './request-context.ts'
import { bodyValidator } from './validate.ts'

/** 6.14.3.1 */
export async function postCreate(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'batchEntityCreation')
  const outcome = await batchEntityCreation(
    api.operations,
    exchange.call,
    await readItems(exchange, 'batchEntityCreation', decodeEntity),
  )
  if (outcome.errors.length > 0) sendBatch(ctx, outcome)
  else send(ctx, 201, outcome.success)
}

/** 6.15.3.1 */
export async function postUpsert(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'batchEntityUpsert')
  const options = new Set(list(exchange.parameters, 'options'))
  if (options.size > 1) throw new Problem('InvalidRequest', 'replace and update contradict each other', 'options')
  const mode = options.has('update') ? 'update' : 'replace'
  const decode = mode === 'replace' ? decodeEntity : decodeForUpdate
  const outcome = await batchEntityUpsert(
    api.operations,
    exchange.call,
    await readItems(exchange, 'batchEntityUpsert', decode),
    mode,
  )
  if (outcome.errors.length > 0) return sendBatch(ctx, outcome)
  const created = outcome.success.filter((_, i) => outcome.values[i] === 'created')
  if (created.length > 0) send(ctx, 201, created)
  else sendNothing(ctx)
}

/** 6.16.3.1 */
export async function postUpdate(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'batchEntityUpdate')
  const overwrite = !(list(exchange.parameters, 'options')?.includes('noOverwrite') ?? false)
  const items = await readItems(exchange, 'batchEntityUpdate', (json, context, at) =>
    decodeEntityFragment(json, 'append', context, at),
  )
  const outcome = await batchEntityUpdate(api.operations, exchange.call, items, overwrite)
  if (outcome.errors.length > 0) sendBatch(ctx, outcome)
  else sendNothing(ctx)
}

/** 6.31.3.1 */
export async function postMerge(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'batchEntityMerge')
  const items = await readItems(exchange, 'batchEntityMerge', (json, context, at) =>
    decodeEntityFragment(json, 'merge', context, at),
  )
  const outcome = await batchEntityMerge(api.operations, exchange.call, items)
  if (outcome.errors.length > 0) sendBatch(ctx, outcome)
  else sendNothing(ctx)
}

/** 6.17.3.1 */
export async function postDelete(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'batchEntityDelete')
  const { json } = await readBody(ctx, api)
  bodyValidator('batchEntityDelete')(json)
  const ids = elementsOf(json, api).map((id, i) => checkId(id, below(undefined, i)))
  const outcome = await batchEntityDelete(
    api.operations,
    exchange.call,
    ids.map((id) => ({ id, fragment: null })),
  )
  if (outcome.errors.length > 0) sendBatch(ctx, outcome)
  else sendNothing(ctx)
}

/** 5.6.8: an upsert creates what does not exist, so a fragment has all that an Entity needs; NGSI-LD Null is 5.6.2's. */
function decodeForUpdate(json: Json, context: DecodeContext, at: Path) {
  const fragment = decodeEntityFragment(json, 'update', context, at)
  if (fragment.types === undefined)
    throw fault(below(at, 'type'), 'the entity has no "type"; give it one, such as "ParkingSpot"')
  return { ...fragment, types: fragment.types }
}

type ItemDecoder<T> = (json: Json, context: DecodeContext, at: Path) => T

/** How the elements of a batch are read. */
interface BatchReading<T> {
  readonly exchange: Exchange
  readonly decode: ItemDecoder<T>
  readonly ld: boolean
  /** Of elements that bring no @context of their own; in `application/ld+json` each has to. */
  readonly shared: DecodeContext | undefined
}

/** An element that cannot be decoded becomes an error of its own, and the others are done (5.6.7.4). */
async function readItems<T>(exchange: Exchange, operationId: string, decode: ItemDecoder<T>): Promise<BatchItem<T>[]> {
  const { ctx, api } = exchange
  const body = await readBody(ctx, api)
  bodyValidator(operationId)(body.json)
  // An @context that all elements share is a matter of the request: it is refused as a whole where there is none.
  const linked = body.ld ? undefined : await linkedContext(ctx, api, exchange.call)
  const shared = linked && decodeContext(exchange, linked.terms)
  const reading: BatchReading<T> = { exchange, decode, ld: body.ld, shared }
  const items: BatchItem<T>[] = []
  let turn = performance.now()
  for (const [i, json] of elementsOf(body.json, api).entries()) {
    if (performance.now() - turn > TURN_MS) {
      await othersTurn()
      turn = performance.now()
    }
    items.push(await readItem(reading, json, below(undefined, i)))
  }
  return items
}

/** How long a batch is decoded at a stretch, so that other requests need not wait for all of it. */
const TURN_MS = 10

async function readItem<T>(reading: BatchReading<T>, json: Json, at: Path): Promise<BatchItem<T>> {
  const id = checkId(isObject(json) ? (json.id ?? json['@id'] ?? null) : null, at)
  try {
    return { id, fragment: reading.decode(json, await contextOf(reading, json, at), at) }
  } catch (error) {
    if (error instanceof Problem) return { id, problem: error }
    throw error
  }
}

async function contextOf<T>(reading: BatchReading<T>, json: Json, at: Path): Promise<DecodeContext> {
  const { exchange, ld, shared } = reading
  const own = isObject(json) && json['@context'] !== undefined
  if (shared !== undefined && !own) return shared
  const { terms } = await documentContext(exchange.ctx, exchange.api, exchange.call, { json, ld }, toPointer(at))
  return decodeContext(exchange, terms)
}

/** 5.2.17: an error is reported with the id of its entity, so an element without one makes the whole request wrong. */
function checkId(id: Json, at: Path): string {
  if (typeof id === 'string' && isUri(id)) return id
  throw fault(at, `the element has no id that is a URI, such as "urn:ngsi-ld:ParkingSpot:001"; found ${show(id)}`)
}

function elementsOf(json: Json, { limits }: Api): readonly Json[] {
  const elements = Array.isArray(json) ? json : []
  if (elements.length > limits.batchSize) {
    throw badRequest(
      `the batch has ${elements.length} elements; at most ${limits.batchSize} are taken (BOYA_MAX_BATCH): send it in parts`,
    )
  }
  return elements
}
