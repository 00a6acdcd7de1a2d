import type { Sender } from './sender.ts'

/**
 * A Sender whose library is loaded with the first message: a broker that sends none of its kind starts sooner. Where it
 * cannot be loaded, the message has failed, and it is tried again with the next.
 */
export function createLateSender(load: () => Promise<Sender>): Sender {
  let loading: Promise<Sender | undefined> | undefined
  const loaded = (): Promise<Sender | undefined> => {
    loading ??= load().catch(() => {
      loading = undefined
      return undefined
    })
    return loading
  }
  return {
    send: async (endpoint, message, signal) => {
      const sender = await loaded()
      if (sender === undefined)
        return { ok: false, reason: 'what Boya sends to such endpoints with could not be loaded' }
      return await sender.send(endpoint, message, signal)
    },
    close: async () => {
      await (await loading)?.close()
    },
  }
}
