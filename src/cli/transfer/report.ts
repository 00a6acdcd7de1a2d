/** What is told of the lines of an import. */

import type { Fate } from '../../contexts/kept-contexts.ts'
import type { Restored } from '../../core/history/carried.ts'
import type { Problem } from '../../core/model/problems.ts'
import type { EntityFate } from './restore-entity.ts'

/** A line as it was found; the first one is 1. */
export interface NumberedLine {
  readonly line: number
  readonly bytes: Buffer
}

/** Is told what became of each line. */
export interface Report {
  context(fate: Fate): void
  entity(fate: EntityFate): void
  /** `isNew`: whether it is of an evolution that has not been told of yet. */
  restored(restored: Restored & { readonly isNew: boolean }): void
  retention(fate: Fate): void
  subscription(fate: Fate): void
  /** `text`: the line where it is wrong in itself, else the id of what is in it. */
  refused(line: number, text: string, problem: Problem): void
}
