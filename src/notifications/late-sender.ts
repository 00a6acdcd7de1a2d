import type { Sender } from './sender.ts'

/** A Sender whose library is loaded with the first message: a broker that sends none of its kind starts sooner. */
export function createLateSender(load: () => Promise<Sender>): Sender {
  let sender: Promise<Sender> | undefined
  return {
    send: async (endpoint, message, signal) => {
      sender ??= load()
      return await (await sender).send(endpoint, message, signal)
    },
    close: async () => {
      await (await sender)?.close()
    },
  }
}
