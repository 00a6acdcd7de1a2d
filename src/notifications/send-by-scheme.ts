import type { Sender } from './sender.ts'

/** One Sender of several: which one is used is told by the scheme of the endpoint's URI, such as `mqtt:`. */
export function createSenderByScheme(senders: Readonly<Record<string, Sender>>): Sender {
  return {
    send: async (endpoint, outgoing, signal) => {
      const { protocol } = new URL(endpoint.uri)
      const sender = Object.hasOwn(senders, protocol) ? senders[protocol] : undefined
      if (sender === undefined) return { ok: false, reason: `Boya sends nothing to ${protocol} endpoints` }
      return await sender.send(endpoint, outgoing, signal)
    },
    close: async () => {
      await Promise.all([...new Set(Object.values(senders))].map((sender) => sender.close()))
    },
  }
}
