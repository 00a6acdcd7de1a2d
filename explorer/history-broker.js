/** The broker, as the page asks it. */

/** What the broker refuses, in its own words (5.5.3), or that it does not answer. */
export class Refusal extends Error {
  /**
   * @param {string} title
   * @param {string} detail
   * @param {number} [status]
   */
  constructor(title, detail, status) {
    super(detail)
    this.title = title
    this.status = status
  }
}

/**
 * @typedef {object} Asking
 * @property {string} tenant empty: the default one
 * @property {string} context a URL; empty: the core one
 * @property {AbortSignal} signal
 */

/**
 * @typedef {object} Answer
 * @property {any} body JSON
 * @property {boolean} isPart whether there is more than it has (206)
 * @property {string} warning what the broker says of it (6.3.17), such as that it is of summaries; empty: nothing
 */

/**
 * Throws Refusal.
 * @param {string} path
 * @param {Asking} asking
 * @returns {Promise<Answer>}
 */
export async function ask(path, { tenant, context, signal }) {
  const headers = { ...(tenant !== '' && { 'NGSILD-Tenant': bytesOf(tenant) }), ...(context !== '' && linkTo(context)) }
  const response = await fetch(path, { headers, signal }).catch((error) => {
    if (signal.aborted) throw error
    throw new Refusal('The broker does not answer', String(error.message))
  })
  const body = await response.json().catch(() => ({}))
  const warning = warningIn(response.headers.get('NGSILD-Warning') ?? '')
  if (response.ok) return { body, isPart: response.status === 206, warning }
  const { title = `Status ${response.status}`, detail = response.statusText } = body
  throw new Refusal(title, detail, response.status)
}

/**
 * The same, and undefined where there is nothing.
 * @param {string} path
 * @param {Asking} asking
 */
export function askIfAny(path, asking) {
  return ask(path, asking).catch((error) => {
    if (error instanceof Refusal && error.status === 404) return undefined
    throw error
  })
}

/**
 * What a warning says in quotes.
 * @param {string} header
 */
export function warningIn(header) {
  const [, text = header] = /"(.*)"/.exec(header) ?? []
  return text
}

/** @param {string} context */
function linkTo(context) {
  return { Link: `<${context}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"` }
}

/**
 * The UTF-8 bytes of a name beyond ASCII: a header is sent byte for byte.
 * @param {string} name
 */
function bytesOf(name) {
  return String.fromCharCode(...new TextEncoder().encode(name))
}
