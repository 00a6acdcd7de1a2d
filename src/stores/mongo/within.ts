/** What is waited for no longer than that. */

/** Rejects where the answer is not there after so many milliseconds; what it is the answer of goes on. */
export async function within<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  let late: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    late = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds)
  })
  return Promise.race([answer, tooLate]).finally(() => clearTimeout(late))
}
