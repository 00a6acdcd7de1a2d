/** One request → what became of what is in it. */

import { CommandError } from '../../command-error.ts'
import { type Answer, type BrokerClient, explain } from '../broker-client.ts'
import type { Refusal } from '../entity.ts'
import { bodyOf, byOrigin, halvesOf, type Portion } from './portions.ts'

interface Outcome {
  /** Evolutions that there were none of. */
  readonly created: number
  /** Instances that were stored. */
  readonly instances: number
  readonly refused: readonly Refusal[]
}

/** Throws CommandError where the broker is away, or refuses the operation and not what is sent. */
export async function sendPortion(client: BrokerClient, portion: Portion): Promise<Outcome> {
  const answer = await client.postEvolution(bodyOf(portion), portion.entity.ld)
  const { status } = answer
  if (status !== 201 && status !== 204) return refused(client, portion, answer)
  return { created: status === 201 ? 1 : 0, instances: portion.instances?.length ?? 0, refused: [] }
}

/** Answers that an instance may deserve: invalid, conflicting, too large. */
const OF_SOME_INSTANCE: readonly number[] = [400, 409, 413, 422, 500]
/** And one that its @context may. */
const OF_ALL: readonly number[] = [504]

/** What was refused as a whole is sent in halves, down to the guilty ones, unless the fault is in what all have. */
async function refused(client: BrokerClient, portion: Portion, answer: Answer): Promise<Outcome> {
  const isOfAll = OF_ALL.includes(answer.status) || isOfHead(answer)
  if (!isOfAll && !OF_SOME_INSTANCE.includes(answer.status))
    throw new CommandError(`the broker takes no history: ${explain(answer)}`)
  const halves = isOfAll ? undefined : halvesOf(portion)
  if (halves === undefined) return { created: 0, instances: 0, refused: refusalsOf(portion, answer) }
  const first = await sendPortion(client, halves[0])
  const second = await sendPortion(client, halves[1])
  return {
    created: first.created + second.created,
    instances: first.instances + second.instances,
    refused: [...first.refused, ...second.refused],
  }
}

/** Where the broker tells the place. */
function isOfHead({ body }: Answer): boolean {
  const { at } = (body ?? {}) as { readonly at?: unknown }
  return typeof at === 'string' && /^\/@?(?:id|type|context)(?:\/|$)/.test(at)
}

/** What is refused is written as it would have to be sent: it may be some instances of many. */
function refusalsOf(portion: Portion, { status, body }: Answer): readonly Refusal[] {
  const problem = body ?? { title: 'Refused', status }
  return byOrigin(portion).map((part) => {
    const { source, line } = part.origin
    return { entity: { source, line, text: bodyOf(part) }, problem }
  })
}
