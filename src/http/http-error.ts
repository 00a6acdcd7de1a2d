/** An answer that is no ProblemDetails of 5.5.2: 405, 406, 411, 413, 414, 415 (6.3.2, 6.3.4). */
export class HttpError extends Error {
  readonly status: number
  /** Absent for a response without a body. */
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
    super(`HTTP ${status}`)
    this.status = status
    this.body = body
    this.headers = headers
  }
}
