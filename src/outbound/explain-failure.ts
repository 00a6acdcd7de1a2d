/** Why there was no connection or no answer, in words of the broker's own: a library's may tell addresses. */

import { errors } from 'undici'

/** Goes on after a colon; what is not known by its code is told in general. */
export function explainFailure(error: unknown): string {
  if (error instanceof errors.HTTPParserError) return 'it sent what is no HTTP'
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) return 'TLS with it failed: perhaps it speaks none there'
  return WORDS[code] ?? 'the connection failed'
}

const UNKNOWN = 'its name is not known'
const CLOSED = 'it closed the connection'
const SILENT = 'it does not answer'
const UNREACHABLE = 'there is no way to it from here'
const UNTRUSTED = 'its certificate is signed by nobody whom this machine trusts'

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: UNKNOWN,
  EAI_AGAIN: UNKNOWN,
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: CLOSED,
  EPIPE: CLOSED,
  UND_ERR_SOCKET: CLOSED,
  ETIMEDOUT: SILENT,
  UND_ERR_CONNECT_TIMEOUT: SILENT,
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  UND_ERR_HEADERS_OVERFLOW: 'it sent too many headers',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'it sent another length than it said',
  ERR_INVALID_URL: 'it redirects to what is no URL',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
}
