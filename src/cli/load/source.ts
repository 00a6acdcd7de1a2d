/** Where entities come from: a file, a URL, or standard input. */

import { constants, createReadStream } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { CommandError, reasonOf } from '../command-error.ts'

export interface Source {
  readonly name: string
  /** Bytes, where it is known before it is read. */
  readonly size: number | undefined
  readonly chunks: AsyncIterable<Buffer>
}

/** Throws CommandError where there is nothing to read. */
export async function openSource(name: string): Promise<Source> {
  if (name === '-') return { name: 'standard input', size: undefined, chunks: process.stdin }
  return /^https?:\/\//.test(name) ? openUrl(name) : openFile(name)
}

async function openFile(name: string): Promise<Source> {
  const found = await stat(name).catch((error) => {
    throw new CommandError(`${name} cannot be read: ${reasonOf(error)}`, error)
  })
  if (found.isDirectory()) throw new CommandError(`${name} is a folder; name the files in it`)
  await access(name, constants.R_OK).catch((error) => {
    throw new CommandError(`${name} cannot be read: ${reasonOf(error)}`, error)
  })
  return { name, size: found.isFile() ? found.size : undefined, chunks: chunksOf(name) }
}

/** Opens it when it is read: of thousands of files, one is open at a time. */
async function* chunksOf(name: string): AsyncGenerator<Buffer> {
  yield* createReadStream(name, { highWaterMark: CHUNK_BYTES })
}

const CHUNK_BYTES = 256 * 1024

async function openUrl(name: string): Promise<Source> {
  const response = await fetch(name).catch((error) => {
    throw new CommandError(`${name} cannot be read: ${reasonOf(error)}`, error)
  })
  if (!response.ok || response.body === null)
    throw new CommandError(`${name} cannot be read: status ${response.status}`)
  const length = response.headers.get('Content-Encoding') === null ? response.headers.get('Content-Length') : null
  return { name, size: length === null ? undefined : Number(length), chunks: buffers(response.body) }
}

async function* buffers(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const bytes of stream) yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** `read` is told how many bytes come. */
export async function* counted(chunks: AsyncIterable<Buffer>, read: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    read(chunk.length)
    yield chunk
  }
}

/** By gzip. */
export function isCompressed(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b
}

export function compressed(): CommandError {
  return new CommandError('it is compressed; unpack it on the way: gunzip -c FILE | boya … -')
}
