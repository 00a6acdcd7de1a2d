/** One batch → what became of each entity in it. */

import { CommandError } from '../command-error.ts'
import { type Batch, bodyOf, halves } from './batches.ts'
import { type Answer, type BrokerClient, explain } from './broker-client.ts'
import type { LoadEntity, Refusal } from './entity.ts'

/** `upsert` creates or replaces (5.6.8), `create` creates only (5.6.7), `update` changes what exists (5.6.9). */
export type BatchMode = 'upsert' | 'create' | 'update'

interface Outcome {
  readonly created: number
  readonly updated: number
  /** Stored by an upsert whose answer does not tell which (5.2.16 lists successes only). */
  readonly stored: number
  readonly refused: readonly Refusal[]
}

/** Throws CommandError where the broker is away, or refuses the operation and not the entities. */
export async function sendBatch(client: BrokerClient, mode: BatchMode, batch: Batch): Promise<Outcome> {
  const answer = await client.postBatch(mode, bodyOf(batch), batch.ld)
  switch (answer.status) {
    case 201:
    case 204:
      return allStored(mode, batch, answer)
    case 207:
      return someStored(mode, batch, answer)
    default:
      return refused(client, mode, batch, answer)
  }
}

function allStored(mode: BatchMode, { entities }: Batch, { body }: Answer): Outcome {
  const listed = Array.isArray(body) ? body.length : 0
  const created = mode === 'create' ? entities.length : Math.min(listed, entities.length)
  return { created, updated: entities.length - created, stored: 0, refused: [] }
}

function someStored(mode: BatchMode, { entities }: Batch, { body }: Answer): Outcome {
  const guilty = blame(entities, errorsOf(body))
  const rest = entities.length - guilty.length
  const none = { created: 0, updated: 0, stored: 0, refused: guilty }
  switch (mode) {
    case 'create':
      return { ...none, created: rest }
    case 'update':
      return { ...none, updated: rest }
    case 'upsert':
      return { ...none, stored: rest }
  }
}

interface EntityError {
  readonly entityId: string
  readonly problem: unknown
  /** Place in the batch, where the broker tells it. */
  readonly index: number | undefined
}

/** 5.2.17 */
function errorsOf(body: unknown): readonly EntityError[] {
  const { errors } = (body ?? {}) as { readonly errors?: unknown }
  if (!Array.isArray(errors)) return []
  return errors.map(({ entityId, error }) => ({ entityId, problem: error, index: indexIn(error) }))
}

function indexIn(problem: unknown): number | undefined {
  const { at } = (problem ?? {}) as { readonly at?: unknown }
  const digits = typeof at === 'string' ? /^\/(\d+)(?:\/|$)/.exec(at)?.[1] : undefined
  return digits === undefined ? undefined : Number(digits)
}

/** An id may stand in a batch more than once: without a place it is the last of them that cannot be stored. */
function blame(entities: readonly LoadEntity[], errors: readonly EntityError[]): readonly Refusal[] {
  const problems = new Map<LoadEntity, unknown>()
  for (const { entityId, problem, index } of errors) {
    const named = index === undefined ? undefined : entities[index]
    const entity =
      named?.id === entityId ? named : entities.findLast((each) => each.id === entityId && !problems.has(each))
    if (entity === undefined)
      throw new CommandError(`the broker reports an error of ${entityId}, which was not in the batch`)
    problems.set(entity, problem)
  }
  return entities.flatMap((entity) => (problems.has(entity) ? [{ entity, problem: problems.get(entity) }] : []))
}

/** Answers that a part of the batch may deserve: invalid, conflicting, too large, of an @context that cannot be had. */
const OF_SOME_ENTITY: readonly number[] = [400, 409, 413, 422, 500, 504]

/** The whole batch was refused: its halves are sent in their order, down to the guilty ones. */
async function refused(client: BrokerClient, mode: BatchMode, batch: Batch, answer: Answer): Promise<Outcome> {
  if (!OF_SOME_ENTITY.includes(answer.status))
    throw new CommandError(`the broker refuses to ${mode}: ${explain(answer)}`)
  const [entity, ...others] = batch.entities
  if (entity !== undefined && others.length === 0) {
    const problem = answer.body ?? { title: 'Refused', status: answer.status }
    return { created: 0, updated: 0, stored: 0, refused: [{ entity, problem }] }
  }
  const [first, second] = halves(batch)
  return add(await sendBatch(client, mode, first), await sendBatch(client, mode, second))
}

function add(a: Outcome, b: Outcome): Outcome {
  return {
    created: a.created + b.created,
    updated: a.updated + b.updated,
    stored: a.stored + b.stored,
    refused: [...a.refused, ...b.refused],
  }
}
