/** What is so wrong that it never becomes a request: answered on the socket itself. */

import type { Duplex } from 'node:stream'
import { httpProblem } from './problem-details.ts'

const REASONS: Readonly<Record<string, readonly [number, string, string]>> = {
  HPE_HEADER_OVERFLOW: [
    431,
    'The headers are too large',
    'the request line and headers are larger than Boya takes (BOYA_MAX_URI_BYTES and 16 KiB)',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [
    408,
    'The request took too long',
    'the request had not come completely in time (BOYA_REQUEST_TIMEOUT)',
  ],
}

export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const [status, title, detail] = REASONS[error.code ?? ''] ?? [
    400,
    'The request is no HTTP',
    'the request cannot be read as HTTP/1.1',
  ]
  const body = JSON.stringify(httpProblem(status, title, detail))
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
