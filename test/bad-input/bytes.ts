/** Requests and answers as the bytes of a connection, for `sendBytes`. */

import { API } from '../support/broker.ts'

/** A request that creates an entity; `headers` beside Host and Connection, without the line end behind the last. */
export function postBytes(headers: string, content: string, version = '1.1'): string {
  return `POST ${API}/entities HTTP/${version}\r\nHost: x\r\nConnection: close\r\n${headers}\r\n\r\n${content}`
}

export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1])
}

export function bodyOf(answer: string): string {
  return answer.slice(answer.indexOf('\r\n\r\n') + 4)
}
