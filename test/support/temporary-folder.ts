/** What tests write lies in one folder, which is removed with whatever they left in it. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Before the processes of the tests are started, which take over the environment. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'boya-tests-'))
  process.env.TMPDIR = folder
  return () => rmSync(folder, { recursive: true, force: true })
}
