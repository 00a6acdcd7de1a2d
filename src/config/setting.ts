/** One setting. */

import type * as kinds from './kinds.ts'

export interface Setting<T> {
  readonly kind: kinds.Kind<unknown>
  /** As it would be written; undefined where there is none. */
  readonly default: string | undefined
  readonly description: string
  /** The value of a text, or of none. Throws an Error whose message says what would be right. */
  read(text: string | undefined): T
}

/** Empty is as good as not set: files of settings and containers cannot always leave one out. */
export function setting<T>(kind: kinds.Kind<T>, fallback: string, description: string): Setting<T> {
  return { kind, default: fallback, description, read: (text) => kind.parse(text?.trim() || fallback) }
}

export function optional<T>(kind: kinds.Kind<T>, description: string): Setting<T | undefined> {
  return { kind, default: undefined, description, read: (text) => (text?.trim() ? kind.parse(text.trim()) : undefined) }
}
