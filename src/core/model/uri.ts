/** URIs, in the wide sense of 5.2.1: "The use of URI … also includes the use of International Resource Identifiers". */

/** A scheme, a colon, and something; no spaces, no control or invisible characters, none that a URI excludes. */
const URI =
  /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`\u2800\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Z}\p{Default_Ignorable_Code_Point}]+$/u

/** The same for the characters that nearly all URIs are made of, without the cost of Unicode classes. */
const PLAIN_URI = /^[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/

/** Whether a text is a URI or IRI that identifies something: absolute, and without characters that nobody sees. */
export function isUri(text: string): boolean {
  return PLAIN_URI.test(text) || URI.test(text)
}

/** What the names of the core @context (4.4) begin with as IRIs. */
export const CORE = 'https://uri.etsi.org/ngsi-ld/'

/** 4.5.0: "the URI "urn:ngsi-ld:null" is used as a replacement for null". */
export const NGSI_LD_NULL = 'urn:ngsi-ld:null'
