/** Where a request may go, as far as its URL tells. */

import { isIP } from 'node:net'
import { type AddressCheck, refusedAddress } from './guarded-lookup.ts'
import { OutboundError } from './outbound-error.ts'

/** Throws OutboundError where the text is no http or https URL, or has an address for its host that is not allowed. */
export function parseTarget(text: string, check: AddressCheck): URL {
  if (!URL.canParse(text)) throw new OutboundError('refused', `"${text}" is not an absolute URL.`)
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new OutboundError(
      'refused',
      `The broker sends requests to http and https URLs only, not to ${url.protocol} ones.`,
    )
  }
  checkLiteral(url.hostname, check)
  return url
}

/** No name is looked up for a literal address, so it is checked here. Throws OutboundError. */
export function checkLiteral(hostname: string, check: AddressCheck): void {
  const host = hostname.replace(/^\[|\]$/g, '')
  const forbidden = isIP(host) === 0 ? undefined : check(host)
  if (forbidden !== undefined) throw refusedAddress(hostname, forbidden)
}
