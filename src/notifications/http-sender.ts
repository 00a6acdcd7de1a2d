/** Notifications over HTTP (6.3.8): a POST, taken when any 2xx comes. */

import type { Endpoint } from '../core/subscription/subscription.ts'
import { decoded } from '../core/subscription/uri-part.ts'
import type { Outbound } from '../outbound/outbound.ts'
import { OutboundError } from '../outbound/outbound-error.ts'
import type { Message } from '../ports/notification.ts'
import { retryAfterMs } from './retry-after.ts'
import type { Outcome, Sender } from './sender.ts'
import { type Timeouts, timeoutOf } from './timeouts.ts'

interface HttpSenderDeps {
  readonly outbound: Pick<Outbound, 'post'>
  readonly timeouts: Timeouts
}

/** Redirects are not followed: whoever subscribed named the endpoint, and a 3xx is told as what has failed. */
export function createHttpSender({ outbound, timeouts }: HttpSenderDeps): Sender {
  return {
    send: async (endpoint, message, signal) => {
      try {
        const headers = headersOf(endpoint, message)
        const timeoutMs = timeoutOf(endpoint, timeouts)
        const answer = await outbound.post(endpoint.uri, { headers, body: message.body, timeoutMs, signal })
        return outcomeOf(answer.status, String(answer.headers['retry-after'] ?? ''))
      } catch (error) {
        return { ok: false, reason: reasonOf(error) }
      }
    },
    // Connections are the outbound room's.
    close: async () => undefined,
  }
}

/**
 * Written as usual, and as receiverInfo has them: some receivers know them only so. "A new custom HTTP header for each member
 * named "key"" (6.3.8): also where several have the same name.
 */
function headersOf({ uri, receiverInfo }: Endpoint, { contentType, link, tenant, isSample }: Message) {
  const headers = new Map<string, readonly [name: string, value: string | string[]]>()
  const set = (name: string, value: string | string[]): void => void headers.set(name.toLowerCase(), [name, value])
  const { username, password } = new URL(uri)
  if (username !== '') {
    const pair = `${decoded(username)}:${decoded(password)}`
    set('Authorization', `Basic ${Buffer.from(pair).toString('base64')}`)
  }
  if (link !== undefined) set('Link', link)
  for (const { key, value } of receiverInfo) {
    const all = receiverInfo.filter((other) => other.key.toLowerCase() === key.toLowerCase())
    set(key, all.length === 1 ? value : all.map((each) => each.value))
  }
  if (tenant !== undefined) set('NGSILD-Tenant', tenant)
  if (isSample) set('Boya-Sample', 'true')
  set('Content-Type', contentType)
  return Object.fromEntries(headers.values())
}

function outcomeOf(status: number, retryAfter: string): Outcome {
  if (status >= 200 && status < 300) return { ok: true, status }
  const isRedirect = status >= 300 && status < 400
  const reason = `the receiver answered ${status}${isRedirect ? '; redirects are not followed' : ''}`
  const afterMs = status === 429 || status === 503 ? retryAfterMs(retryAfter, Date.now()) : undefined
  return { ok: false, status, reason, ...(afterMs !== undefined && { retryAfterMs: afterMs }) }
}

function reasonOf(error: unknown): string {
  if (error instanceof OutboundError) return error.message
  return 'it could not be sent'
}
