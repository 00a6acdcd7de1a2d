/** The Link header that names an @context (JSON-LD 1.1, 6.2). */

export const CONTEXT_RELATION = 'http://www.w3.org/ns/json-ld#context'

/** 6.3.5, 6.3.6: the value of a Link header that names an @context. */
export function contextLink(url: string): string {
  return `<${url}>; rel="${CONTEXT_RELATION}"; type="application/ld+json"`
}
