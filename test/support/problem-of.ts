import { Problem } from '../../src/core/model/problems.ts'

/** The problem that something is refused with; whatever else it throws is thrown on. Undefined where it is not refused. */
export function problemOf(run: () => unknown): Problem | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
}
