/** Where the result of a command goes: standard output, or a file that is there as a whole or not at all. */

import type { WriteStream } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import { CommandError, reasonOf } from './command-error.ts'

export interface Output {
  /** Resolves when more may come. Throws CommandError where nothing can be written any more. */
  write(text: string): Promise<void>
  /** All is written: it is on the disk, under its name. */
  finish(): Promise<void>
  /** Takes back what can be taken back. */
  abandon(): Promise<void>
}

/** `name`: a file, or - for standard output. Throws CommandError where it cannot be written. */
export async function openOutput(name: string): Promise<Output> {
  if (name === '-') return standardOutput()
  const found = await stat(name).catch(() => undefined)
  if (found?.isDirectory()) throw new CommandError(`${name} is a folder; name a file in it`)
  // A pipe or a device stays what it is.
  return found === undefined || found.isFile() ? newFile(name) : existing(name)
}

function standardOutput(): Output {
  return {
    write: writerTo(process.stdout, 'standard output'),
    finish: async () => undefined,
    abandon: async () => undefined,
  }
}

async function existing(name: string): Promise<Output> {
  // There is nothing to be flushed to a disk.
  const stream = await streamTo(name, false)
  return {
    write: writerTo(stream, name),
    finish: () => ended(stream, name),
    abandon: async () => void stream.destroy(),
  }
}

/** Beside it first, so that a file that was there stays until the new one is complete. */
async function newFile(name: string): Promise<Output> {
  const partial = `${name}.partial`
  const stream = await streamTo(partial, true, OWN)
  return {
    write: writerTo(stream, name),
    finish: async () => {
      await ended(stream, name)
      await rename(partial, name)
    },
    abandon: async () => {
      stream.destroy()
      await rm(partial, { force: true })
    },
  }
}

/** Read and written by nobody but its owner: an export has secrets in it. */
const OWN = 0o600

async function streamTo(path: string, flush: boolean, mode?: number): Promise<WriteStream> {
  const handle = await open(path, 'w', mode).catch((error) => {
    throw unwritable(path, error)
  })
  // One that was left there has the mode that it had.
  if (mode !== undefined) await handle.chmod(mode)
  return handle.createWriteStream({ flush, highWaterMark: BUFFER_BYTES })
}

const BUFFER_BYTES = 256 * 1024

async function ended(stream: WriteStream, name: string): Promise<void> {
  stream.end()
  await finished(stream).catch((error) => {
    throw unwritable(name, error)
  })
}

/** Waits until it is taken: what is read faster than it is written would pile up in memory. */
function writerTo(stream: NodeJS.WritableStream, name: string): Output['write'] {
  // What goes wrong is told to the one who writes; without a listener it would end the process as well.
  stream.on('error', () => undefined)
  return (text) =>
    new Promise((resolve, reject) => {
      stream.write(text, (error) => (error == null ? resolve() : reject(unwritable(name, error))))
    })
}

function unwritable(name: string, error: unknown): CommandError {
  return new CommandError(`${name} cannot be written: ${reasonOf(error)}`, error)
}
