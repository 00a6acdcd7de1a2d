/** One text for equal JSON: members in the order of their names. */

import { createHash } from 'node:crypto'
import type { Json } from '../core/model/entity.ts'
import { ExactNumber } from '../core/model/exact-number.ts'

/** JSON values that differ in the order of members only have the same text. */
export function canonicalJson(value: Json): string {
  if (value instanceof ExactNumber) return value.text
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`
}

/** 144 bits of SHA-256 in base64url: nobody finds a second text for one. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 24)
}

/** The same UUID for the same text (RFC 9562, version 8), as the URN that a local identifier (5.13.1) is. */
export function urnOf(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16)
  bytes.writeUInt8(((bytes[6] ?? 0) & 0x0f) | 0x80, 6)
  bytes.writeUInt8(((bytes[8] ?? 0) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return `urn:uuid:${hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}`
}
