/** The body of an answer: read within a size, which is that of what was compressed, too. */

import { promisify } from 'node:util'
import { brotliDecompress, unzip, type ZlibOptions } from 'node:zlib'
import type { Dispatcher } from 'undici'
import { OutboundError } from './outbound-error.ts'

/** What the broker asks for. A `deflate` is taken where it comes; not asked for, since hosts disagree on what it is. */
export const ACCEPT_ENCODING = 'gzip, br'

/** `host`: for messages. Throws OutboundError where it is too large or cannot be decompressed, and what breaks off. */
export async function receiveBody(
  { body, headers }: Dispatcher.ResponseData,
  host: string,
  maxBytes: number,
): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = Number(headers['content-length'] ?? 0) > maxBytes ? Number.POSITIVE_INFINITY : 0
  if (bytes <= maxBytes) {
    for await (const chunk of body) {
      bytes += chunk.length
      if (bytes > maxBytes) break
      chunks.push(chunk)
    }
  }
  if (bytes > maxBytes) {
    body.on('error', () => undefined).destroy()
    throw tooLarge(host, maxBytes)
  }
  return await decompress(Buffer.concat(chunks), String(headers['content-encoding'] ?? ''), host, maxBytes)
}

function tooLarge(host: string, maxBytes: number): OutboundError {
  return new OutboundError('tooLarge', `The answer of ${host} is larger than ${maxBytes} bytes.`)
}

/** `unzip` tells by the first bytes which of the two it is. */
const DECOMPRESS: ReadonlyMap<string, (body: Buffer, options: ZlibOptions) => Promise<Buffer>> = new Map([
  ['gzip', promisify<Buffer, ZlibOptions, Buffer>(unzip)],
  ['x-gzip', promisify<Buffer, ZlibOptions, Buffer>(unzip)],
  ['deflate', promisify<Buffer, ZlibOptions, Buffer>(unzip)],
  ['br', promisify<Buffer, ZlibOptions, Buffer>(brotliDecompress)],
])

/** One encoding; nobody compresses twice. */
async function decompress(body: Buffer, header: string, host: string, maxBytes: number): Promise<Buffer> {
  const encoding = header.trim().toLowerCase()
  if (body.length === 0 || encoding === '' || encoding === 'identity') return body
  const undo = DECOMPRESS.get(encoding)
  if (undo === undefined) {
    const named = encoding.slice(0, 40)
    throw new OutboundError(
      'encoding',
      `The answer of ${host} is encoded as ${named}; Boya asks for ${ACCEPT_ENCODING}.`,
    )
  }
  return await undo(body, { maxOutputLength: maxBytes }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(host, maxBytes)
    throw new OutboundError('encoding', `The answer of ${host} is incomplete, or not ${encoding} as it says.`, error)
  })
}
