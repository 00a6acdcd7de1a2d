/** The broker, as the page asks it. */

/** What the broker refuses, in its own words (5.5.3), or that it does not answer. */
export class Refusal extends Error {
  /**
   * @param {string} title
   * @param {string} detail
   */
  constructor(title, detail) {
    super(detail)
    this.title = title
  }
}

/**
 * @typedef {object} Asking
 * @property {string} tenant empty: the default one
 * @property {string} context a URL; empty: the core one
 * @property {AbortSignal} signal
 */

/**
 * JSON of an answer, and whether there is more than it has (206). Throws Refusal.
 * @param {string} path
 * @param {Asking} asking
 * @returns {Promise<{ body: any, isPart: boolean }>}
 */
export async function ask(path, { tenant, context, signal }) {
  const headers = { ...(tenant !== '' && { 'NGSILD-Tenant': bytesOf(tenant) }), ...(context !== '' && linkTo(context)) }
  const response = await fetch(path, { headers, signal }).catch((error) => {
    if (signal.aborted) throw error
    throw new Refusal('The broker does not answer', String(error.message))
  })
  const body = await response.json().catch(() => ({}))
  if (response.ok) return { body, isPart: response.status === 206 }
  const { title = `Status ${response.status}`, detail = response.statusText } = body
  throw new Refusal(title, detail)
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
