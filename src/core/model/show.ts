/** Values that were sent, for the message of a problem. */

import { ExactNumber } from './exact-number.ts'

const LONGEST = 60

/** A JSON value in few characters. Costs no more for a value of megabytes: what is not shown is not written. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = write(value, LONGEST + 1)
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}…` : text
}

/** JSON text, of which the first `room` characters are right: once they are written the rest is left out. */
function write(value: unknown, room: number): string {
  if (value instanceof ExactNumber) return value.text
  if (typeof value === 'string') return JSON.stringify(value.slice(0, room))
  if (typeof value !== 'object' || value === null) return String(value)
  return Array.isArray(value) ? writeArray(value, room) : writeObject(value as Readonly<Record<string, unknown>>, room)
}

function writeArray(items: readonly unknown[], room: number): string {
  let text = '['
  for (let i = 0; i < items.length && text.length < room; i++) {
    if (i > 0) text += ','
    text += write(items[i], room - text.length)
  }
  return `${text}]`
}

function writeObject(members: Readonly<Record<string, unknown>>, room: number): string {
  let text = '{'
  for (const key in members) {
    if (text.length >= room) break
    if (text.length > 1) text += ','
    text += `${write(key, room - text.length)}:`
    text += write(members[key], Math.max(1, room - text.length))
  }
  return `${text}}`
}
