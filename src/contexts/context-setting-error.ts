import { Problem } from '../core/model/problems.ts'

/** What keeps the broker from starting: the @contexts that a setting names cannot be had. Each fault begins with its setting. */
export class ContextSettingError extends Error {
  readonly faults: readonly string[]
  /** Whether the setting may be right: what it names is where others are to serve it, and could not be had now. */
  readonly isUnavailable: boolean

  constructor(faults: readonly string[], cause?: unknown) {
    super(faults.join('\n'), { cause })
    this.name = 'ContextSettingError'
    this.faults = faults
    this.isUnavailable = cause instanceof Problem && cause.kind === 'LdContextNotAvailable'
  }
}
