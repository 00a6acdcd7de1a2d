/** A receiver that speaks MQTT 5.0, as far as who publishes can tell: it acknowledges as it is told. */

import { createServer, type Socket } from 'node:net'
import { generate, type IPublishPacket, type Packet, parser } from 'mqtt-packet'

const VERSION = { protocolVersion: 5 } as const

export interface Receiver5 {
  /** Versions that connected. */
  readonly versions: (number | undefined)[]
  readonly published: IPublishPacket[]
  /** Takes over a connection. */
  handle(socket: Socket): void
}

export function receiver5(acknowledges: (packet: IPublishPacket) => boolean = () => true): Receiver5 {
  const versions: Receiver5['versions'] = []
  const published: IPublishPacket[] = []
  const answerTo = (packet: Packet, answer: (packet: Packet) => void): void => {
    const { messageId = 0 } = packet
    if (packet.cmd === 'connect') {
      versions.push(packet.protocolVersion)
      answer({ cmd: 'connack', reasonCode: 0, sessionPresent: false })
    } else if (packet.cmd === 'pubrel') answer({ cmd: 'pubcomp', messageId, reasonCode: 0 })
    else if (packet.cmd === 'publish') {
      published.push(packet)
      const cmd = packet.qos === 1 ? 'puback' : 'pubrec'
      if (packet.qos > 0 && acknowledges(packet)) answer({ cmd, messageId, reasonCode: 0 })
    }
  }
  return {
    versions,
    published,
    handle: (socket) => {
      const parse = parser(VERSION)
      socket.on('error', () => undefined)
      socket.on('data', (data) => parse.parse(data))
      parse.on('packet', (packet) => answerTo(packet, (answer) => void socket.write(generate(answer, VERSION))))
    },
  }
}

/** On a port; ends all connections when it stops. */
export async function serveOn(port: number, handle: (socket: Socket) => void) {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    handle(socket)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    stop: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
