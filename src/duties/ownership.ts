/** Which of the instances on one store delivers a queue: each queue belongs to one of those that are alive. */

import type { Term } from './term.ts'

export interface Ownership {
  /** The time for which this instance may deliver the queue; undefined where it is another's, or nobody knows. */
  term(queue: string): Term | undefined
  /** Whether there are others, whose changes have to be looked for. */
  isAlone(): boolean
  /** Calls it whenever queues may have another owner. */
  onChange(listener: () => void): void
  /** Gives all up, so that others can have them at once. */
  close(): Promise<void>
}
