/** A source → the entities in it. */

import { elementsIn } from './elements.ts'
import { type Inspected, inspect } from './entity.ts'
import type { Source } from './source.ts'

/** `read` is told how many bytes come. Throws CommandError, with the name of the source, where it cannot be read to its end. */
export type Reader = (source: Source, read: (bytes: number) => void) => AsyncIterable<readonly Inspected[]>

/** NDJSON, JSON arrays and documents. */
export const readJson: Reader = async function* (source, read) {
  for await (const elements of elementsIn(source, read)) yield elements.map((element) => inspect(source.name, element))
}
