/** Evolutions of a file are stored by the temporal API. */

import { readFile } from 'node:fs/promises'
import { CommandError } from './command-error.ts'

interface Target {
  /** Of the broker. */
  readonly url: string
  /** URL of the @context of the evolutions. */
  readonly context: string
}

/**
 * One after the other (5.6.11). Resolves with how many there are. `path`: a file of NDJSON. Throws CommandError where one is
 * refused.
 */
export async function fillHistory({ url, context }: Target, path: string): Promise<number> {
  const evolutions = (await readFile(path, 'utf8')).trimEnd().split('\n')
  const headers = {
    'Content-Type': 'application/json',
    Link: `<${context}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`,
  }
  for (const body of evolutions) {
    const response = await fetch(`${url}/ngsi-ld/v1/temporal/entities`, { method: 'POST', headers, body })
    if (!response.ok) throw new CommandError(`an evolution was refused: ${await response.text()}`)
  }
  return evolutions.length
}
