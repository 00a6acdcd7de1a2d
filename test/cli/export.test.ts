/** What an export has of a store that others change meanwhile. */

import { describe, expect, it } from 'vitest'
import { exportStore } from '../../src/cli/transfer/export-store.ts'
import type { Entity } from '../../src/core/model/entity.ts'
import type { Store } from '../../src/ports/store.ts'
import { at, become, callIn, entity, property, put } from '../contract/contract-store.ts'
import { exported, imported, newStore, putIn, withStore } from './transfer-stores.ts'

/** What is changed together has the same number twice. */
function numbered(id: string, n: number): Entity {
  return entity(id, { attributes: { 'urn:A:a': [property(n)], 'urn:A:b': [property(n)] } })
}

const ids = Array.from({ length: 1_200 }, (_, i) => `urn:x:${i}`)

/** Into the history of them; what is changed on and on makes it longer and longer. */
const CHANGED_PARTS = 9

/** The text of an export, between the first parts of which something is done. */
async function exportedWhile(store: Store, meanwhile: (part: number) => Promise<void>): Promise<string> {
  let text = ''
  let parts = 0
  for await (const part of exportStore({ store, clock: Date, tenants: [''], whole: true, callIn })) {
    text += part.text
    if (parts < CHANGED_PARTS) await meanwhile(parts++)
  }
  return text
}

function entitiesIn(text: string): readonly Entity[] {
  return text.split('\n').flatMap((line) => (line.startsWith('{"entity"') ? [JSON.parse(line).entity] : []))
}

describe('an export of what is changed meanwhile', () => {
  it('has each entity once and whole, also what is deleted and made again, and all that was there all the time', async () => {
    const config = newStore()
    await putIn(config, '', ...ids.map((id) => numbered(id, 0)))
    const text = await withStore(config, (store) =>
      exportedWhile(store, async (part) => {
        const remade = ids.slice(0, 300)
        for (const id of remade) await store.entities.write(callIn(''), id, become(null))
        await put(store, callIn(''), ...remade.map((id) => numbered(id, part + 1)))
        await put(store, callIn(''), ...ids.slice(1_000).map((id) => numbered(id, part + 1)))
      }),
    )
    const found = entitiesIn(text)
    expect(found).toHaveLength(ids.length)
    expect(new Set(found.map(({ id }) => id))).toEqual(new Set(ids))
    for (const { attributes } of found) expect(attributes['urn:A:a']).toEqual(attributes['urn:A:b'])
    // The last ones were changed before their turn came.
    expect(found.filter(({ attributes }) => attributes['urn:A:a']?.[0]?.value !== 0).length).toBeGreaterThan(199)
    const copy = newStore()
    expect(await imported(copy, text)).toMatchObject({ refused: 0, stoppedBy: undefined })
    expect(await exported(copy)).toBe(text)
  })

  it('passes over what is deleted, and counts what it has', async () => {
    const config = newStore()
    await putIn(config, '', ...ids.map((id) => numbered(id, 0)))
    const text = await withStore(config, (store) =>
      exportedWhile(store, async () => {
        for (const id of ids.slice(600)) await store.entities.write(callIn(''), id, become(null))
      }),
    )
    expect(entitiesIn(text)).toHaveLength(600)
    expect(text).toMatch(/\{"end":\{"tenants":1,"contexts":0,"entities":600,.*"subscriptions":0\}\}\n$/)
  })

  it('has nothing that has expired, purged or not', async () => {
    const config = newStore()
    const gone = { expiresAt: at(0) }
    const partly = entity('urn:x:2', { attributes: { 'urn:A:a': [property(1, gone)], 'urn:A:b': [property(2)] } })
    await putIn(config, '', entity('urn:x:1', gone), partly)
    expect(entitiesIn(await exported(config)).map(({ id, attributes }) => [id, Object.keys(attributes)])).toEqual([
      ['urn:x:2', ['urn:A:b']],
    ])
  })
})
