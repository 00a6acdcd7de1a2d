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

/**
 * What there may be that has not been read: what has been committed just now, or a while ago without anybody telling of it,
 * or what may stand anywhere (`NoticeSource.committed`).
 */
export type Unread = 'new' | 'late' | 'earlier'

/** Something of a queue has been committed. */
export interface Ring {
  readonly tenant: string
  readonly queue: string
  readonly unread: Unread
}

/** How instances tell one another of it. */
export function textOfRing({ tenant, queue, unread }: Ring): string {
  return unread === 'new' ? queueKey(tenant, queue) : `${queueKey(tenant, queue)}\n${unread}`
}

/** What {@link textOfRing} was made of. */
export function ringOf(text: string): Ring {
  const [tenant = '', queue = '', unread] = text.split('\n')
  return { tenant, queue, unread: unread === 'late' || unread === 'earlier' ? unread : 'new' }
}
