/** A connection for another protocol than HTTP, to an allowed address only. */

import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { type AddressCheck, createGuardedLookup } from './guarded-lookup.ts'
import { checkLiteral } from './target.ts'

export interface Peer {
  /** A name or an address, an IPv6 one with or without brackets. */
  readonly hostname: string
  readonly port: number
  readonly isSecure: boolean
}

/** Returns a function that connects: what becomes of it is told by the socket. It throws OutboundError where the address is refused. */
export function createConnect(check: AddressCheck): (peer: Peer) => Socket {
  const lookup = createGuardedLookup(check)
  return ({ hostname, port, isSecure }) => {
    checkLiteral(hostname, check)
    const host = hostname.replace(/^\[|\]$/g, '')
    const options = { host, port, lookup, autoSelectFamily: true }
    if (!isSecure) return connect(options)
    return connectTls({ ...options, ...(isIP(host) === 0 && { servername: host }) })
  }
}
