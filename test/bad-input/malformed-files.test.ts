/** Files that real publishers have published broken: each as whatever a client could take it for. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { json, type LoopbackServer, startLoopbackServer } from '../contexts/loopback-server.ts'
import { API, CONTEXT_LINK } from '../support/broker.ts'
import {
  brokerOfFile,
  entityIn,
  expectAllOrNothing,
  expectAnswered,
  JSON_BODY,
  LD_BODY,
  send,
  stored,
} from './client.ts'

const data = process.env.NGSILD_TEST_DATA
const folder = data === undefined ? undefined : join(data, 'malformed')
const files = folder !== undefined && existsSync(folder) ? readdirSync(folder) : []

describe.skipIf(files.length === 0)(
  files.length === 0
    ? 'SKIPPED malformed files: NGSILD_TEST_DATA names no folder with a folder "malformed" in it'
    : `${files.length} malformed files`,
  () => {
    const broker = brokerOfFile()
    let host: LoopbackServer
    beforeAll(async () => {
      host = await startLoopbackServer(json({}))
    })
    afterAll(() => host.stop())
    it('are there', () => {
      expect(files.length).toBeGreaterThan(0)
    })

    const read = (file: string) => readFileSync(join(folder ?? '', file))

    it.each(files)('%s is an entity as a whole, or none', async (file) => {
      for (const headers of [JSON_BODY, LD_BODY]) {
        const body = read(file)
        await expectAllOrNothing(broker, { method: 'POST', path: `${API}/entities`, headers, body })
      }
    })

    it.each(files)('%s keeps no good element of a batch from being told what became of it', async (file) => {
      const id = `urn:ngsi-ld:Good:${files.indexOf(file)}`
      const good = JSON.stringify({ id, type: 'Good', size: { type: 'Property', value: 1 } })
      const body = Buffer.concat([Buffer.from(`[${good},`), read(file), Buffer.from(']')])
      const path = `${API}/entityOperations/upsert`
      const answer = await expectAllOrNothing(broker, { method: 'POST', path, headers: JSON_BODY, body })
      expect(await entityIn(broker, id), answer.text).toEqual(answer.status >= 400 ? undefined : JSON.parse(good))
      if (answer.status === 207) expect(JSON.parse(answer.text).success).toContain(id)
    })

    it.each(files)('%s is a hosted @context, or none', async (file) => {
      const path = `${API}/jsonldContexts`
      const before = (await send(broker, { path })).text
      const answer = await send(broker, { method: 'POST', path, headers: LD_BODY, body: read(file) })
      expectAnswered(answer, file)
      if (answer.status !== 201) expect((await send(broker, { path })).text).toBe(before)
    })

    it.each(files)('%s is a linked @context, or none', async (file) => {
      const before = await stored(broker)
      host.answer(json(read(file).toString('latin1')))
      const Link = CONTEXT_LINK(`${host.origin}/${encodeURIComponent(file)}`)
      const body = JSON.stringify({ id: 'urn:ngsi-ld:Linking:1', type: 'Linking', size: 1 })
      const answer = await send(broker, {
        method: 'POST',
        path: `${API}/entities`,
        headers: { ...JSON_BODY, Link },
        body,
      })
      expectAnswered(answer, file)
      if (answer.status >= 400) expect(await stored(broker)).toBe(before)
      else await send(broker, { method: 'DELETE', path: `${API}/entities/urn:ngsi-ld:Linking:1` })
    })
  },
)
