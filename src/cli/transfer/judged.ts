import { Problem } from '../../core/model/problems.ts'

/** The Problem, where that is why it cannot be done. */
export async function judged<T>(judge: () => Promise<T>): Promise<T | Problem> {
  try {
    return await judge()
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
}
