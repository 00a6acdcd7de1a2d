import { tookTooLong } from '../common/took-too-long.ts'

/** What was asked when the time was over has failed for that reason. */
export async function untilAborted<T>(signal: AbortSignal, answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    throw signal.aborted ? tookTooLong() : error
  }
}
