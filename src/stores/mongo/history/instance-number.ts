/** The number that distinguishes an instance from others of its series that came in the same millisecond (instance-id.ts). */

import type { InstanceName } from '../../common/instance-id.ts'
import type { MovedPast } from './heads.ts'
import { IS_THERE } from './instances.ts'
import { instanceKey } from './series-key.ts'
import type { InstanceDocument } from './stored.ts'

/** Numbers of what comes with one change, and of changes of one millisecond: four digits each (series-key.ts, sequence.ts). */
const FOUR = 36 ** 4
/** Milliseconds by which the position of a change may be behind its time, and be told apart. */
const BEHIND = 2_048

/** It grows with the position of the change that the instance came with, and is the same whatever becomes of it. */
export function numberOf({ _id, id = _id, c }: Pick<InstanceDocument, '_id' | 'id' | 'c'>): number {
  const [time, count, number] = [id.slice(-22, -13), id.slice(-13, -9), id.slice(-4)].map(digitsOf)
  const behind = ((((time ?? 0) - c) % BEHIND) + BEHIND) % BEHIND
  return (behind * FOUR + (count ?? 0)) * FOUR + (number ?? 0)
}

function digitsOf(text: string): number {
  return Number.parseInt(text, 36)
}

/** The id of the document of an instance that comes with its number, always the same. */
export function numberedKey(s: string, at: number, c: number, number: number): string {
  const changes = Math.floor(number / FOUR)
  const time = c + Math.floor(changes / FOUR)
  const position = `${text(time, 9)}${text(changes % FOUR, 4)}00000`
  return instanceKey(s, at, position, number % FOUR)
}

function text(value: number, digits: number): string {
  return value.toString(36).padStart(digits, '0')
}

/** By the parts of its id; undefined where it is not there, or not any more. Of what has come in one millisecond, which may be much, no more than ids are read. */
export async function findInstance(
  { ask, instances }: Pick<MovedPast, 'ask' | 'instances'>,
  { series, createdAt, number }: InstanceName,
): Promise<InstanceDocument | undefined> {
  const which = { s: series, c: createdAt, ...IS_THERE }
  const found = await ask(() => instances.find(which, { projection: { id: 1, c: 1 } }).toArray())
  const _id = found.find((each) => numberOf(each) === number)?._id
  if (_id === undefined) return undefined
  return (await ask(() => instances.findOne({ _id, ...IS_THERE }))) ?? undefined
}
