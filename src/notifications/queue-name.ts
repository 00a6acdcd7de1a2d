/** Which notifications wait together: those that go to the same host, because that is what is slow or dead. */

/** Scheme, host and port of an endpoint, without user and password. */
export function queueOf(uri: string): string {
  const { protocol, host } = new URL(uri)
  return `${protocol}//${host}`
}

/** What a queue of a Tenant is known by among all instances: no Tenant's name has a line break in it. */
export function queueKey(tenant: string, queue: string): string {
  return `${tenant}\n${queue}`
}
