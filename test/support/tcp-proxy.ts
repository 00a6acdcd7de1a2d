/** A way to a server that breaks as networks do. */

import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

export interface TcpProxy {
  readonly port: number
  /** Everything passes, after so many milliseconds. */
  pass(delay?: number): void
  /** Connections stay, and nothing comes through any more; what was sent meanwhile comes later. */
  freeze(): void
  /** Connections break, and new ones are refused. */
  cut(): Promise<void>
  /** Takes connections again after a cut. */
  mend(): Promise<void>
  close(): Promise<void>
}

/** Connections to it are handed on to the server at `port` of this machine. */
export async function startTcpProxy(port: number): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let delay = 0
  let server = await listening(0, accept)
  const own = portOf(server)

  function accept(client: Socket): void {
    const target = connect(port, '127.0.0.1')
    const pair = [client, target] as const
    pairs.add(pair)
    const end = (): void => {
      pairs.delete(pair)
      client.destroy()
      target.destroy()
    }
    for (const [from, to] of [pair, [target, client] as const]) {
      from.setNoDelay(true)
      from.on('data', async (bytes: Buffer) => {
        if (delay > 0) await pause(delay)
        if (!to.destroyed) to.write(bytes)
      })
      from.on('error', end)
      from.on('close', end)
      if (isFrozen) from.pause()
    }
  }
  let isFrozen = false
  const each = (act: (socket: Socket) => void): void => {
    for (const pair of pairs) for (const socket of pair) act(socket)
  }
  const cut = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    each((socket) => socket.destroy())
    pairs.clear()
    await closed
  }
  return {
    port: own,
    pass: (milliseconds = 0) => {
      delay = milliseconds
      isFrozen = false
      each((socket) => socket.resume())
    },
    freeze: () => {
      isFrozen = true
      each((socket) => socket.pause())
    },
    cut,
    mend: async () => {
      server = await listening(own, accept)
    },
    close: cut,
  }
}

function listening(port: number, accept: (client: Socket) => void): Promise<Server> {
  const server = createServer(accept)
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  return address.port
}
