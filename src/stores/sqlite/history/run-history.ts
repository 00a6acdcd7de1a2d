/** Where what is asked of evolutions is answered: in place what is soon done, in the reader thread what takes longer. */

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { TimeProperty } from '../../../core/history/time-property.ts'
import type { Call } from '../../../ports/call.ts'
import type { EvolutionPage, FoundEvolution } from '../../../ports/history.ts'
import { tookTooLong } from '../../common/took-too-long.ts'
import type { Database } from '../database.ts'
import type { Reader } from '../reader.ts'
import { pastInstances } from './past-instances.ts'
import { bytesOf, MOST_OF_ONE } from './recent-answers.ts'
import { type FoundRows, type HistoryAnswer, type HistoryAsked, historySteps } from './steps.ts'

/** Milliseconds of the event loop, after which it is left to the reader thread. */
const IN_PLACE_MS = 6

interface Running {
  /** What the reader opens; undefined for a database in memory, which only its own connection sees. */
  readonly path: string | undefined
  readonly reader: Reader
}

/** Undefined where an evolution that was to be retrieved is not there. Throws TooComplexQuery where the signal of the call ends before. */
export async function runHistory(
  database: Database,
  call: Call,
  asked: HistoryAsked,
  { path, reader }: Running,
): Promise<EvolutionPage | undefined> {
  const property = (asked.kind === 'query' ? asked.query : asked).selection.timeProperty
  if (path === undefined) return pageOf(await inTurns(database, call, asked), property)
  const answer = await database.reads.run(() => inPlace(database, asked, property))
  if (answer?.page !== undefined) return answer.page
  return pageOf(answer?.answer ?? (await reader.history({ path, asked }, call.signal())), property)
}

/** An answer as it was read, or the page that it is where that is in hand. */
type InPlace =
  | { readonly page: EvolutionPage; readonly answer?: undefined }
  | { readonly answer: HistoryAnswer; readonly page?: undefined }

/** Undefined where it takes longer. */
function inPlace(database: Database, asked: HistoryAsked, property: TimeProperty): InPlace | undefined {
  if (asked.kind === 'query' || asked.wanted.kind === 'aggregates') {
    const answer = oneTurn(historySteps(database, asked))
    return answer && { answer }
  }
  const { known } = database
  known.refresh()
  const recent = known.answers.find(asked.id, asked)
  if (recent !== undefined) return { page: recent }
  const answer = oneTurn(historySteps(database, asked))
  const bytes = bytesOf(answer?.found ?? [], asked.selection)
  const page = answer && bytes <= MOST_OF_ONE ? pageOf(answer, property) : undefined
  if (page === undefined) return answer && { answer }
  known.answers.keep(asked.id, asked, page, bytes)
  return { page }
}

function oneTurn(steps: Generator<void, HistoryAnswer>): HistoryAnswer | undefined {
  const end = performance.now() + IN_PLACE_MS
  do {
    const { done, value } = steps.next()
    if (done) return value
  } while (performance.now() < end)
  return undefined
}

async function inTurns(database: Database, call: Call, asked: HistoryAsked): Promise<HistoryAnswer> {
  const signal = call.signal()
  const steps = historySteps(database, asked)
  for (;;) {
    const answer = oneTurn(steps)
    if (answer !== undefined) return answer
    await nextTurn()
    if (signal.aborted) throw tookTooLong()
  }
}

function pageOf({ found, ...page }: HistoryAnswer, property: TimeProperty): EvolutionPage | undefined {
  return found && { evolutions: found.map((each) => evolutionOf(each, property)), ...page }
}

function evolutionOf({ head, series, aggregates, scopeBefore }: FoundRows, property: TimeProperty): FoundEvolution {
  return {
    ...head,
    ...(series && { instances: pastInstances(head.id, series, property) }),
    ...(aggregates && { aggregates }),
    ...(scopeBefore && { scopeBefore: [scopeBefore] }),
  }
}
