/** Which notifications wait together: those that go to the same host, because that is what is slow or dead. */

/** Scheme, host and port of an endpoint, without user and password. */
export function queueOf(uri: string): string {
  const { protocol, host } = new URL(uri)
  return `${protocol}//${host}`
}

const STREAM_SCHEME = 'stream:'

/** The endpoint of a stream: the connection that has it, so that each has a queue of its own, which is called the same. */
export function connectionUri(stream: string, connection: number): string {
  return `${STREAM_SCHEME}//${stream}.${connection}`
}

/** Whether a connection takes from the queue what is owed, and not the deliverer. */
export function isOfStream(queue: string): boolean {
  return queue.startsWith(STREAM_SCHEME)
}

/** What a queue of a Tenant is known by among all instances: no Tenant's name has a line break in it. */
export function queueKey(tenant: string, queue: string): string {
  return `${tenant}\n${queue}`
}

/** Something of a queue has been committed; the rest as to `NoticeSource.committed`. */
export interface Ring {
  readonly tenant: string
  readonly queue: string
  readonly mayBeEarlier: boolean
}

const EARLIER = 'earlier'

/** How instances tell one another of it. */
export function textOfRing({ tenant, queue, mayBeEarlier }: Ring): string {
  return mayBeEarlier ? `${queueKey(tenant, queue)}\n${EARLIER}` : queueKey(tenant, queue)
}

/** What {@link textOfRing} was made of. */
export function ringOf(text: string): Ring {
  const [tenant = '', queue = '', more] = text.split('\n')
  return { tenant, queue, mayBeEarlier: more === EARLIER }
}
