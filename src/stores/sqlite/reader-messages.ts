/** What the event loop and the reader thread tell each other. */

import type { Instant } from '../../core/model/entity.ts'
import type { ProblemKind } from '../../core/model/problems.ts'
import type { EntityQuery } from '../../core/query/ast.ts'
import type { WalkStep } from '../../ports/store.ts'
import type { EntityRow } from './codec.ts'
import type { HistoryAnswer, HistoryAsked } from './history/steps.ts'
import type { Walk } from './walks.ts'

export interface ReaderQuery {
  readonly path: string
  readonly query: EntityQuery
  readonly now: Instant
  /** Of the entities of a page together. */
  readonly maxBytes: number
}

export interface ReaderWalk extends Walk {
  readonly path: string
}

/** What is asked of evolutions. */
export interface ReaderHistory {
  readonly path: string
  readonly asked: HistoryAsked
}

export type Asked =
  | { readonly kind: 'query'; readonly asked: ReaderQuery }
  | { readonly kind: 'walk'; readonly asked: ReaderWalk }
  | { readonly kind: 'history'; readonly asked: ReaderHistory }

export type ToReader =
  | (Asked & { readonly job: number })
  | { readonly kind: 'cancel'; readonly job: number }
  | { readonly kind: 'end' }

/** Rows as they are stored, whatever of them has expired since. */
export interface ReaderAnswer {
  readonly rows: readonly EntityRow[]
  readonly total?: number
  readonly via: string
  readonly candidates: number
  readonly evaluated: number
  /** Milliseconds. */
  readonly evaluating: number
  readonly planning: number
}

export type FromReader =
  | { readonly kind: 'answer'; readonly job: number; readonly answer: ReaderAnswer | WalkStep | HistoryAnswer }
  | {
      readonly kind: 'problem'
      readonly job: number
      readonly problem: { readonly kind: ProblemKind; readonly detail: string; readonly at: string | undefined }
    }
  | { readonly kind: 'failure'; readonly job: number; readonly message: string }
