/** A Boya on MongoDB as a process of its own, as it is installed. */

import type { InstalledBoya, Running } from '../cli/installed-boya.ts'

export interface InstanceProcess {
  readonly running: Running
  readonly url: string
}

export async function startInstance(boya: InstalledBoya, uri: string, port = '0'): Promise<InstanceProcess> {
  const env = { BOYA_STORE: uri, BOYA_PORT: port, BOYA_LOG_FORMAT: 'json', BOYA_OUTBOUND: 'private' }
  const running = boya.start(['serve'], env)
  const said = await running.until(/ready on http/)
  return { running, url: /ready on (http:\/\/[\d.:]+)/.exec(said)?.[1] ?? '' }
}

/** As an operator ends them. */
export async function endInstances(instances: readonly InstanceProcess[]): Promise<void> {
  for (const { running } of instances) running.signal('SIGTERM')
  await Promise.all(instances.map(({ running }) => running.ended))
}
