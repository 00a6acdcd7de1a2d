import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'

const known = new LRUCache<string, string>({ max: 20_000 })

/** A short text for an entity, an Attribute and a dataset ('' for the default one): the same in every store. */
export function seriesKey(entity: string, attribute: string, dataset: string): string {
  const text = `${entity}\n${attribute}\n${dataset}`
  const found = known.get(text)
  if (found !== undefined) return found
  const key = createHash('sha256').update(text).digest('base64url').slice(0, 22)
  known.set(text, key)
  return key
}
