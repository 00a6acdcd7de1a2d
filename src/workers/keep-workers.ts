/** Workers are kept at their number: one that ends is replaced, and the others serve on meanwhile. */

import { setTimeout as pause } from 'node:timers/promises'
import { createBackOff } from './back-off.ts'
import type { WorkerReady } from './messages.ts'
import { startWorker, type WorkerEnd, type WorkerLife } from './worker-life.ts'

/** No worker serves, and none can be started: as a single process that cannot start. */
export class WorkersFailed extends Error {
  /** Of the last one. */
  readonly end: WorkerEnd

  constructor(end: WorkerEnd) {
    super(`no worker can be started: the last one has ended (${howEnded(end)})`)
    this.name = 'WorkersFailed'
    this.end = end
  }
}

export interface Workers {
  /** Resolves when all are ready for the first time; with undefined where they were told to end before. */
  readonly ready: Promise<WorkerReady | undefined>
  /** Resolves when all have ended because they were told to: with whether all did so well. Rejects with WorkersFailed. */
  readonly ended: Promise<boolean>
  /** Tells all to answer what is under way and to end; they are told once. */
  end(): void
  /** Ends all at once. */
  kill(): void
}

interface WorkersLog {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Starts one, and when that is ready, the others: what keeps them from starting is said once, and nothing is done twice. */
export function keepWorkers(count: number, log: WorkersLog): Workers {
  const ending = new AbortController()
  const staff: Staff = { log, ending: ending.signal, living: new Set(), serving: new Set() }
  const first = keepPlace(staff)
  const places = first.filled.then(() => [first, ...Array.from({ length: count - 1 }, () => keepPlace(staff))])
  const signal = (name: NodeJS.Signals): void => {
    for (const life of staff.living) life.signal(name)
  }
  return {
    ready: places.then((all) => Promise.all(all.map(({ filled }) => filled))).then(([ready]) => ready),
    ended: places.then((all) => Promise.all(all.map(({ left }) => left))).then((well) => well.every(Boolean)),
    end: () => {
      ending.abort()
      signal('SIGTERM')
    },
    kill: () => signal('SIGKILL'),
  }
}

interface Staff {
  readonly log: WorkersLog
  readonly ending: AbortSignal
  readonly living: Set<WorkerLife>
  readonly serving: Set<WorkerLife>
}

interface Place {
  /** Resolves when the first worker is ready; with undefined where it was told to end before. */
  readonly filled: Promise<WorkerReady | undefined>
  /** Resolves when the last one has ended because it was told to: with whether it did so well. */
  readonly left: Promise<boolean>
}

function keepPlace(staff: Staff): Place {
  let fill: (ready: WorkerReady) => void = () => undefined
  const filled = new Promise<WorkerReady>((resolve) => {
    fill = resolve
  })
  const left = keepFilled(staff, fill)
  return { filled: Promise.race([filled, left.then(() => undefined)]), left }
}

async function keepFilled(staff: Staff, fill: (ready: WorkerReady) => void): Promise<boolean> {
  const backOff = createBackOff()
  let serves = fill
  while (!staff.ending.aborted) {
    const life = startWorker()
    const end = await lifeOf(staff, life, serves)
    if (staff.ending.aborted) return end.code === 0 || !end.wasReady
    if (!end.wasReady && staff.serving.size === 0) throw new WorkersFailed(end)
    await waitForNext(staff, life, end, backOff(end.servedMs))
    serves = () => staff.log.info({}, 'another worker is ready in its place')
  }
  return true
}

async function lifeOf(staff: Staff, life: WorkerLife, serves: (ready: WorkerReady) => void): Promise<WorkerEnd> {
  staff.living.add(life)
  staff.log.debug({ worker: life.id, pid: life.pid }, 'worker started')
  const ready = await life.ready
  if (ready !== undefined) {
    staff.serving.add(life)
    serves(ready)
  }
  const end = await life.ended
  staff.serving.delete(life)
  staff.living.delete(life)
  return end
}

async function waitForNext({ log, ending }: Staff, { id }: WorkerLife, end: WorkerEnd, waitMs: number): Promise<void> {
  const when = waitMs === 0 ? 'another is started' : `another is started in ${waitMs / 1000} s`
  log.error({ worker: id, code: end.code, signal: end.signal }, `worker ${id} has ended (${howEnded(end)}); ${when}`)
  await pause(waitMs, undefined, { signal: ending }).catch(() => undefined)
}

function howEnded({ code, signal, error }: WorkerEnd): string {
  return error?.message ?? signal ?? `exit status ${code}`
}
