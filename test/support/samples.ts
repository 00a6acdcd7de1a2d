/** Samples of the query languages (test/fixtures), one a line; a line that begins with "#" says something of the next ones. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A text that is to be refused. */
export interface FaultSample {
  readonly text: string
  /** What the error says, or a part of it: what stands after the last "#!". */
  readonly says: string
}

function linesOf(file: string): readonly string[] {
  const text = readFileSync(join(import.meta.dirname, '../fixtures', file), 'utf8')
  return text.split('\n').filter((line) => line !== '')
}

export function samplesOf(file: string): readonly string[] {
  return linesOf(file).filter((line) => !line.startsWith('#'))
}

export function faultsOf(file: string): readonly FaultSample[] {
  const faults: FaultSample[] = []
  let says = ''
  for (const line of linesOf(file)) {
    if (line.startsWith('#! ')) says = line.slice(3)
    else if (!line.startsWith('#')) faults.push({ text: line, says })
  }
  return faults
}

/** `a=1&b=2`, not encoded, as its parts. */
export function parametersOf(sample: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    sample.split('&').map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]),
  )
}
