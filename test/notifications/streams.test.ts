/** On SQLite, two instances on one folder. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { streamsOfInstances } from './streams-of-instances.ts'

streamsOfInstances(() => {
  const folder = mkdtempSync(join(tmpdir(), 'boya-streams-'))
  return { setting: `sqlite:${folder}`, drop: async () => rmSync(folder, { recursive: true, force: true }) }
})
