/** What a worker tells the process that started it. */

export interface WorkerReady {
  readonly kind: 'ready'
  /** Where it is reached from this machine. */
  readonly url: string
  /** What the start line shows, without secrets. */
  readonly store: string
}
