/** Many changes of a few entities, and whether a client was told all of them. */

import { expect } from 'vitest'
import { API } from './broker.ts'
import { changeOf, type EventReader, type ReceivedEvent } from './event-stream.ts'

export interface Changes {
  /** What each entity was set to, in order. */
  readonly done: ReadonlyMap<string, readonly number[]>
  /** Returns when each entity has been changed so often, by a writer of its own, and all was acknowledged. */
  run(times: number): Promise<void>
}

/** Takes turns among the instances. */
export function createChanges(urls: () => readonly string[], tenant: string, entities: number): Changes {
  const done = new Map<string, number[]>()
  const headers = { 'Content-Type': 'application/json', 'NGSILD-Tenant': tenant }
  const body = (id: string, value: number) => JSON.stringify([{ id, type: 'Counter', n: { type: 'Property', value } }])
  const set = async (url: string, id: string, value: number): Promise<void> => {
    const path = `${url}${API}/entityOperations/upsert`
    const response = await fetch(path, { method: 'POST', headers, body: body(id, value) })
    expect(response.status, await response.text()).toBeLessThan(207)
    done.set(id, [...(done.get(id) ?? []), value])
  }
  return {
    done,
    run: async (times) => {
      const write = async (entity: number): Promise<void> => {
        const id = `urn:ngsi-ld:Counter:${entity}`
        for (let i = 0; i < times; i++) {
          const n = done.get(id)?.length ?? 0
          await set(urls()[(entity + n) % urls().length] ?? '', id, n)
        }
      }
      await Promise.all(Array.from({ length: entities }, (_, entity) => write(entity)))
    },
  }
}

/** What came over all connections of a client, each change once: in the order in which it came first. */
export function toldOf(readers: readonly Pick<EventReader, 'events'>[]): ReadonlyMap<string, readonly unknown[]> {
  const told = new Map<string, unknown[]>()
  const seen = new Set<string>()
  for (const event of readers.flatMap(({ events }) => events)) {
    if (!isChange(event) || seen.has(changeOf(event))) continue
    seen.add(changeOf(event))
    const id = String(event.data.id)
    told.set(id, [...(told.get(id) ?? []), event.data.n])
  }
  return told
}

export function isChange({ name }: ReceivedEvent): boolean {
  return name.startsWith('entity')
}

/** Whether all of it has come. */
export function hasAll({ done }: Changes, readers: readonly EventReader[]): boolean {
  const told = toldOf(readers)
  return [...done].every(([id, values]) => (told.get(id)?.length ?? 0) >= values.length)
}
