// Keeps a worker where the system allows no further process. Argument: the compiled workers/keep-workers.js.

import { openSync } from 'node:fs'

const { keepWorkers } = await import(process.argv[2])
const log = { debug: () => {}, info: () => {}, error: () => {} }
try {
  for (;;) openSync('/dev/null')
} catch {
  const { ready, ended } = keepWorkers(2, log)
  ready.catch(() => {})
  const told = await ended.then(
    () => 'ended well',
    ({ name, message }) => `${name}: ${message}`,
  )
  // Standard output has its descriptor.
  process.stdout.write(told, () => process.exit(0))
}
