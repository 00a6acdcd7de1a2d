/** What one @context may come to; the settings that they stand in are named where one is exceeded. */
export interface ContextLimits {
  /** Of one document, and of a whole @context with all that it refers to. */
  readonly maxBytes: number
  /** Of one array, and of a whole @context with all that it refers to. */
  readonly maxMembers: number
  /** How many documents may include one another. */
  readonly maxNesting: number
  /** How deep objects and arrays may stand in one another. */
  readonly maxDepth: number
  readonly maxUrlLength: number
}
