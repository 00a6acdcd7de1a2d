/** Name resolution that lets through allowed addresses only: what is connected to is what was checked. */

import { type LookupAddress, lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import type { Forbidden } from './address-policy.ts'
import { OutboundError } from './outbound-error.ts'

export type AddressCheck = (address: string) => Forbidden

/** As `dns.lookup` without the addresses that `check` forbids; an OutboundError where none is left. */
export function createGuardedLookup(check: AddressCheck): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, [])
      const allowed = addresses.filter(({ address }) => check(address) === undefined)
      const [first] = allowed
      if (first === undefined) return callback(refusal(hostname, addresses, check), [])
      if (options.all === true) return callback(null, allowed)
      return callback(null, first.address, first.family)
    })
  }
}

function refusal(hostname: string, addresses: readonly LookupAddress[], check: AddressCheck): OutboundError {
  const never = addresses.every(({ address }) => check(address) === 'never')
  return refusedAddress(hostname, never ? 'never' : 'private')
}

/** `hostname`: as it was asked for, for it is told to the client. */
export function refusedAddress(hostname: string, why: 'never' | 'private'): OutboundError {
  const remedy =
    why === 'never'
      ? 'a link-local, multicast, unspecified or metadata address, which is never allowed'
      : 'a private address, which BOYA_OUTBOUND does not allow; use a public host or ask the operator to allow its network'
  return new OutboundError('refused', `The broker sends no requests to ${hostname}: it is ${remedy}.`)
}
