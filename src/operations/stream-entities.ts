import type { Call } from '../ports/call.ts'
import type { StreamClient, Streams, WantedStream } from '../ports/streams.ts'
import type { StreamContext } from './operation-context.ts'
import { requireTenant } from './require-tenant.ts'

/**
 * Boya's own: tells changes over a connection that the client keeps open. Resolves when it has begun, or has not. Throws
 * NonexistentTenant.
 * @param contextUrl gives what entities are shown with a URL; called when nothing else is in the way
 * @param from id of the last event that the client got; undefined where it is new
 */
export async function streamEntities(
  context: StreamContext,
  call: Call,
  wanted: Omit<WantedStream, 'jsonldContext'>,
  contextUrl: () => Promise<string>,
  from: string | undefined,
  client: StreamClient,
): ReturnType<Streams['open']> {
  await requireTenant(context, call)
  return await context.streams.open(call, { ...wanted, jsonldContext: await contextUrl() }, from, client)
}
