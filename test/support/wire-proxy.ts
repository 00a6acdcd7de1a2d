/** A way to a MongoDB server on which chosen commands get another answer, or wait: what a server says when it is unwell. */

import { connect, createServer, type Socket } from 'node:net'
import { BSON, type Document } from 'mongodb'

/** What becomes of a command: it is handed on where this is undefined, else answered so. */
export type Rule = (command: Document) => Document | undefined | Promise<Document | undefined>

export interface WireProxy {
  readonly port: number
  /** Names of the commands that came, in their order. */
  readonly seen: Document[]
  /** For all commands from now on. */
  answer(rule: Rule): void
  close(): Promise<void>
}

const HEADER = 16
const OP_MSG = 2_013

/** Connections to it are handed on to the server at `port` of this machine. */
export async function startWireProxy(port: number): Promise<WireProxy> {
  const sockets = new Set<Socket>()
  const seen: Document[] = []
  let rule: Rule = () => undefined

  const pass = async (message: Buffer, client: Socket, target: Socket): Promise<void> => {
    const command = commandIn(message)
    if (command !== undefined) seen.push(command)
    const own = command && (await rule(command))
    if (own === undefined) target.write(message)
    else if (!client.destroyed) client.write(answerTo(message, own))
  }
  const server = createServer((client) => {
    const target = connect(port, '127.0.0.1')
    for (const [socket, other] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
    target.on('data', (bytes: Buffer) => client.write(bytes))
    let rest: Buffer = Buffer.alloc(0)
    client.on('data', (bytes: Buffer) => {
      rest = Buffer.concat([rest, bytes])
      while (rest.length >= HEADER && rest.length >= rest.readInt32LE(0)) {
        const length = rest.readInt32LE(0)
        void pass(rest.subarray(0, length), client, target)
        rest = rest.subarray(length)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  return {
    port: address.port,
    seen,
    answer: (next) => {
      rule = next
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** Undefined for what is older than OP_MSG; lists of a bulk of writes, which stand behind, are left out. */
function commandIn(message: Buffer): Document | undefined {
  if (message.readInt32LE(12) !== OP_MSG) return undefined
  const start = HEADER + 5
  return BSON.deserialize(message.subarray(start, start + message.readInt32LE(start)))
}

function answerTo(message: Buffer, answer: Document): Buffer {
  const body = BSON.serialize({ ok: 1, ...answer })
  const header = Buffer.alloc(HEADER + 5)
  header.writeInt32LE(header.length + body.length, 0)
  header.writeInt32LE(message.readInt32LE(4), 8)
  header.writeInt32LE(OP_MSG, 12)
  return Buffer.concat([header, body])
}
