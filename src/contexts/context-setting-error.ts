/** What keeps the broker from starting: the @contexts that a setting names cannot be had. Each fault begins with its setting. */
export class ContextSettingError extends Error {
  readonly faults: readonly string[]

  constructor(faults: readonly string[], cause?: unknown) {
    super(faults.join('\n'), { cause })
    this.name = 'ContextSettingError'
    this.faults = faults
  }
}
