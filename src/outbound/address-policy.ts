/** Which addresses a request of the broker's may go to. Pure: an address in, a judgement out. */

import ipaddr from 'ipaddr.js'

/**
 * `public`: addresses of the public internet only. `private`: also loopback, RFC 1918, unique local and carrier-grade
 * NAT. `networks`: public ones and those within `networks` (CIDR).
 */
export interface AddressPolicy {
  readonly mode: 'public' | 'private' | 'networks'
  readonly networks: readonly string[]
}

/** Why an address is out of bounds; undefined where it is not. */
export type Forbidden = 'never' | 'private' | undefined

/**
 * Where clouds hand out credentials to whoever asks: link-local ones are covered by their range, these are not. No
 * policy allows them.
 */
const METADATA = ['fd00:ec2::254', 'fd20:ce::254', '100.100.100.200', '168.63.129.16', '192.0.0.192']
const NEVER = ['linkLocal', 'unspecified', 'multicast', 'broadcast']
/** IPv6 addresses that stand for an IPv4 address, which is what a gateway would connect to: bits before it, and where it starts. */
const EMBEDDED: readonly { readonly within: string; readonly at: number }[] = [
  { within: '64:ff9b::/96', at: 12 },
  { within: '::ffff:0:0:0/96', at: 12 },
  { within: '::/96', at: 12 },
  { within: '2002::/16', at: 2 },
]

/**
 * RFC 8215: for translation within a network, whose operator chooses how many of its bits are the prefix. RFC 6052, 2.2:
 * the octets of the IPv4 address after 48, 56, 64 and 96 bits; the ninth octet is none of them.
 */
const LOCAL_TRANSLATION = '64:ff9b:1::/48'
const TRANSLATED: readonly (readonly number[])[] = [
  [6, 7, 9, 10],
  [7, 9, 10, 11],
  [9, 10, 11, 12],
  [12, 13, 14, 15],
]

/** Throws where one of the policy's networks is no CIDR. */
export function createAddressCheck(policy: AddressPolicy): (address: string) => Forbidden {
  const networks = policy.networks.map((network) => ipaddr.parseCIDR(network))
  return (text) => {
    const address = innermost(ipaddr.process(text.replace(/%.*$/, '')))
    if (isNever(address) || translated(address).some(isNever)) return 'never'
    if (address.range() === 'unicast' || policy.mode === 'private') return undefined
    const listed = policy.mode === 'networks' && networks.some((network) => isWithin(address, network))
    return listed ? undefined : 'private'
  }
}

type Address = ipaddr.IPv4 | ipaddr.IPv6

function isNever(address: Address): boolean {
  return NEVER.includes(address.range()) || METADATA.some((known) => isSame(address, ipaddr.parse(known)))
}

function innermost(address: Address): Address {
  if (address.kind() === 'ipv4' || address.range() === 'loopback' || address.range() === 'unspecified') return address
  const embedding = EMBEDDED.find(({ within }) => isWithin(address, ipaddr.parseCIDR(within)))
  if (embedding === undefined) return address
  return ipaddr.fromByteArray(address.toByteArray().slice(embedding.at, embedding.at + 4))
}

/** Every IPv4 address that a local translator may connect to; zeros are where the address of another prefix ends. */
function translated(address: Address): readonly Address[] {
  if (!isWithin(address, ipaddr.parseCIDR(LOCAL_TRANSLATION))) return []
  const octets = address.toByteArray()
  return TRANSLATED.map((places) => ipaddr.fromByteArray(places.map((place) => octets[place] ?? 0))).filter(
    (inner) => inner.range() !== 'unspecified',
  )
}

function isSame(a: Address, b: Address): boolean {
  return a.kind() === b.kind() && a.toNormalizedString() === b.toNormalizedString()
}

function isWithin(address: Address, [network, bits]: [Address, number]): boolean {
  return address.kind() === network.kind() && address.match(network, bits)
}
