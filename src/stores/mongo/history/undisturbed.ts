/** What is read of instances and of summaries, while instances may be going into summaries. */

import { StoreUnavailable } from '../../../ports/unavailable.ts'
import type { Asking } from './sources.ts'
import type { EvolutionDocument, RetainedSteps } from './stored.ts'

type Known = Pick<EvolutionDocument, '_id' | 'retained'>

/** After the second nobody disturbs any more but who has begun before. */
const ATTEMPTS = 10

/**
 * Reads once more where instances have gone since the head was read: they may be missing then, or there twice. `read` reads summaries before
 * instances, and leaves out those that summaries say they have. Throws StoreUnavailable where it has been disturbed again and again.
 */
export async function undisturbed<T>(
  database: Pick<Asking, 'ask' | 'evolutions'>,
  head: Known,
  read: (retained: RetainedSteps | undefined) => Promise<T>,
): Promise<T> {
  let known = head
  for (let i = 0; i < ATTEMPTS; i++) {
    const result = await read(known.retained)
    const [disturbed] = await disturbedOf(database, [known])
    if (disturbed === undefined) return result
    known = disturbed
    await hold(database, [disturbed])
  }
  throw beingSummarized()
}

export function beingSummarized(): StoreUnavailable {
  return new StoreUnavailable(undefined, 'the history that is asked for is being summarized at this moment')
}

/** Those of which instances have gone since, as they are now; what is not there any more is not among them. */
export async function disturbedOf(
  { ask, evolutions }: Pick<Asking, 'ask' | 'evolutions'>,
  all: readonly Known[],
): Promise<readonly Known[]> {
  const before = new Map(all.map(({ _id, retained }) => [_id, retained?.rev]))
  const which = { _id: { $in: [...before.keys()] } }
  const found = await ask(() => evolutions.find<Known>(which, { projection: { retained: 1 } }).toArray())
  return found.filter(({ _id, retained }) => retained?.rev !== before.get(_id))
}

/** The next that comes to summarize passes them over. */
export async function hold(
  { ask, evolutions }: Pick<Asking, 'ask' | 'evolutions'>,
  all: readonly Known[],
): Promise<void> {
  const which = { _id: { $in: all.map(({ _id }) => _id) }, n: { $exists: true } }
  await ask(() => evolutions.updateMany(which, { $set: { held: true } }))
}
