/** What becomes of a connection on its way to a worker. */

import type { Worker } from 'node:cluster'

interface Handle {
  close(): void
}

/**
 * Node keeps a connection that it hands over until the worker says that it has it, and of a worker that is killed in
 * between it would keep it for ever: its client would wait for an answer. So it is closed with the worker.
 */
export function closeWhatIsHandedOver({ process: child }: Pick<Worker, 'process'>): void {
  const send = child.send
  /** One at a time; to close it once more, where the worker has it, does nothing. */
  let handed: Handle | undefined
  child.send = (...given: readonly unknown[]) => {
    if (isHandle(given[1])) handed = given[1]
    return Reflect.apply(send, child, given)
  }
  child.once('exit', () => handed?.close())
}

function isHandle(value: unknown): value is Handle {
  return typeof value === 'object' && value !== null && 'close' in value && typeof value.close === 'function'
}
