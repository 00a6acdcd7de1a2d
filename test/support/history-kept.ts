/** What is acknowledged is in the history, once: brokers as processes, written to until one is killed, on whatever store. */

import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import type { InstanceProcess } from '../mongodb/instance-process.ts'
import { API } from './broker.ts'

const WRITERS = 6
/** Entities of one batch. */
const BATCH = 5

/** Starts a process on the store of the test. */
export type Start = () => Promise<InstanceProcess>

type Acknowledged = Map<string, number[]>

/** So many rounds in which the first of the processes is killed under load and started again; returns those that run at the end. */
export async function killAndLook(
  started: readonly InstanceProcess[],
  start: Start,
  rounds: number,
): Promise<readonly InstanceProcess[]> {
  let running = started
  const acknowledged: Acknowledged = new Map()
  for (let round = 0; round < rounds; round++) {
    running = await writeUntilKilled(running, start, round, acknowledged)
    for (const [id, values] of acknowledged) await expectOnce(running[0]?.url ?? '', id, values)
  }
  expect([...acknowledged.values()].flat().length).toBeGreaterThan(rounds * 20)
  return running
}

async function writeUntilKilled(
  running: readonly InstanceProcess[],
  start: Start,
  round: number,
  acknowledged: Acknowledged,
): Promise<readonly InstanceProcess[]> {
  let [targets, isEnding, next] = [running, false, round * 1_000_000]
  const url = (writer: number) => targets[writer % targets.length]?.url ?? ''
  const write = async (writer: number): Promise<void> => {
    while (!isEnding) {
      const value = next++
      const done = await (value % 4 === 0 ? upsert : change)(url(writer), `urn:kept:${writer}`, value)
      for (const id of done) acknowledged.set(id, [...(acknowledged.get(id) ?? []), value])
      // Nobody answers for a while.
      if (done.length === 0) await pause(20)
    }
  }
  const load = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)))
  await pause(500 + Math.random() * 500)
  const [killed, ...others] = running
  killed?.running.signal('SIGKILL')
  await killed?.running.ended
  targets = others.length > 0 ? others : targets
  if (others.length > 0) await pause(200)
  targets = [await start(), ...others]
  await pause(200)
  isEnding = true
  await load
  return targets
}

const entity = (id: string, value: number) => ({ id, type: 'Kept', n: { type: 'Property', value } })

/** Ids of what was acknowledged. */
async function change(url: string, id: string, value: number): Promise<readonly string[]> {
  const changed = await send('PATCH', `${url}${API}/entities/${id}/attrs`, { n: { type: 'Property', value } })
  if (changed === 204) return [id]
  return changed === 404 && (await send('POST', `${url}${API}/entities`, entity(id, value))) === 201 ? [id] : []
}

async function upsert(url: string, id: string, value: number): Promise<readonly string[]> {
  const ids = [id, ...Array.from({ length: BATCH }, (_, i) => `${id}:${i}`)]
  const all = ids.map((each) => entity(each, value))
  const status = await send('POST', `${url}${API}/entityOperations/upsert`, all)
  return status === 201 || status === 204 ? ids : []
}

/** Undefined where nobody answered. */
async function send(method: string, url: string, document: object): Promise<number | undefined> {
  const headers = { 'Content-Type': 'application/json' }
  try {
    const response = await fetch(url, { method, headers, body: JSON.stringify(document) })
    await response.arrayBuffer()
    return response.status
  } catch {
    return undefined
  }
}

/** Each value that was acknowledged once, none twice, in the order in which they were written. */
async function expectOnce(url: string, id: string, acknowledged: readonly number[]): Promise<void> {
  const response = await fetch(`${url}${API}/temporal/entities/${id}?attrs=n`)
  const { n } = (await response.json()) as { n?: { value: number } | readonly { value: number }[] }
  expect(response.status).toBe(200)
  const found = [n ?? []].flat().map(({ value }) => value)
  expect(found).toEqual([...new Set(found)].sort((a, b) => a - b))
  expect(acknowledged.filter((value) => !found.includes(value))).toEqual([])
}
