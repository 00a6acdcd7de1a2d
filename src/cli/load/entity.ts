/** What a load has to know of an entity. Its text is handed on as it was written; only the broker judges the rest. */

import { isUtf8 } from 'node:buffer'
import type { Element } from './splitter.ts'

export interface LoadEntity {
  readonly source: string
  readonly line: number
  /** The JSON as it was written. */
  readonly text: string
  readonly id: string | undefined
  /** Whether it brings an @context of its own. */
  readonly ld: boolean
}

/** Why an element was not stored: what the broker said, or that there was nothing to send. */
export interface Refusal {
  readonly entity: Pick<LoadEntity, 'source' | 'line' | 'text'>
  readonly problem: unknown
}

export type Inspected =
  | { readonly ok: true; readonly entity: LoadEntity }
  | { readonly ok: false; readonly refusal: Refusal }

export function inspect(source: string, { line, bytes }: Element): Inspected {
  const text = bytes.toString('utf8').trim()
  const refuse = (detail: string): Inspected => ({
    ok: false,
    refusal: { entity: { source, line, text }, problem: { title: 'Not sent', detail } },
  })
  if (!isUtf8(bytes)) return refuse('it is not UTF-8; save the file as UTF-8')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    return refuse(`it is no JSON: ${(error as Error).message}`)
  }
  if (!isObject(json)) return refuse('it is no JSON object, as an entity is')
  const { id, '@id': ldId, '@context': context } = json
  const found = id ?? ldId
  return {
    ok: true,
    entity: { source, line, text, id: typeof found === 'string' ? found : undefined, ld: context !== undefined },
  }
}

function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}
