/** What the tests of the temporal API share. */

import { type Client, type Document, newId } from './client.ts'

export const TEMPORAL = '/temporal/entities'

export function evolutionPath(id: string): string {
  return `${TEMPORAL}/${encodeURIComponent(id)}`
}

/** `2026-01-01` and so many minutes. */
export function minute(minutes: number): string {
  return new Date(Date.UTC(2026, 0, 1) + minutes * 60_000).toISOString().replace('.000Z', 'Z')
}

/** An instance that was observed so many minutes after the begin of 2026. */
export function observed(value: unknown, minutes: number, more: Document = {}): Document {
  return { type: 'Property', value, observedAt: minute(minutes), ...more }
}

/** The id of a new evolution with these Attributes. */
export async function evolve(
  broker: Client,
  attributes: Document,
  type: string | readonly string[] = 'Sensor',
): Promise<string> {
  const id = newId('Sensor')
  await broker.post(TEMPORAL, { id, type, ...attributes }).expect(201)
  return id
}

type Shown = Document & { readonly [attribute: string]: readonly Document[] }

export async function evolutionOf(broker: Client, id: string, query = ''): Promise<Shown> {
  const { body, status, text } = await broker.get(`${evolutionPath(id)}${query && `?${query}`}`)
  if (status !== 200) throw new Error(text)
  return body
}

/** Values of an Attribute as they are shown. */
export async function valuesOf(broker: Client, id: string, attribute: string, query = ''): Promise<readonly unknown[]> {
  const { [attribute]: instances = [] } = await evolutionOf(broker, id, query)
  return instances.map(({ value }) => value)
}
