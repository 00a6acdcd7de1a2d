/** What kind of file it is, by how it begins, and the elements of it. */

import { CommandError, reasonOf } from '../command-error.ts'
import { compressed, counted, isCompressed, type Source } from './source.ts'
import { createLineSplitter } from './split-lines.ts'
import { createValueSplitter } from './split-values.ts'
import type { Element, Splitter } from './splitter.ts'

/** Enough of a file to see its first line end; a longer one is read as one document. */
const HEAD_BYTES = 1024 * 1024

/** `read` is told how many bytes come. Throws CommandError, with the name of the source, where it cannot be read to its end. */
export async function* elementsIn(source: Source, read: (bytes: number) => void): AsyncGenerator<readonly Element[]> {
  try {
    yield* elementsOf(counted(source.chunks, read))
  } catch (error) {
    throw new CommandError(`${source.name}: ${error instanceof CommandError ? error.message : reasonOf(error)}`, error)
  }
}

/** Throws CommandError where the file is neither NDJSON nor JSON, or cannot be read to its end. */
export async function* elementsOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<readonly Element[]> {
  let splitter: Splitter | undefined
  let head: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    if (splitter !== undefined) {
      yield splitter.push(chunk)
      continue
    }
    head = head.length === 0 ? chunk : Buffer.concat([head, chunk])
    if (!isEnough(head)) continue
    splitter = splitterFor(head)
    yield splitter.push(withoutMark(head))
  }
  if (splitter === undefined) {
    if (head.toString('latin1').trim() === '') return
    splitter = splitterFor(head)
    yield splitter.push(withoutMark(head))
  }
  yield splitter.end()
}

/** Whether the first line that is not empty is there, up to its end. */
function isEnough(head: Buffer): boolean {
  return head.length >= HEAD_BYTES || textOf(head).trimStart().includes('\n')
}

function textOf(head: Buffer): string {
  return withoutMark(head).toString('latin1')
}

/** UTF-8 allows a byte order mark, JSON does not. */
function withoutMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes
}

function splitterFor(head: Buffer): Splitter {
  if (isCompressed(head)) throw compressed()
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) {
    throw new CommandError('it is UTF-16; save it as UTF-8')
  }
  const [line = ''] = textOf(head).trimStart().split('\n', 1)
  if (line.startsWith('[')) return createValueSplitter()
  if (line.startsWith('{')) return isWholeLine(line.trimEnd()) ? createLineSplitter() : createValueSplitter()
  throw new CommandError(
    `it is neither JSON nor NDJSON: it begins with ${JSON.stringify(line.slice(0, 40))}; CSV is loaded with --csv-map`,
  )
}

/**
 * A document that is written over several lines breaks them after one of these; what breaks elsewhere is a line of
 * NDJSON, and if it is not whole, then it is damaged and the next one need not be.
 */
function isWholeLine(line: string): boolean {
  return !/[{[,:]$/.test(line)
}
