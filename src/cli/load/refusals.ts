/** What was refused, in a file: to be read, put right, and loaded again. Made with the first refusal. */

import { closeSync, openSync, writeSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Refusal } from './entity.ts'

export interface RefusalFile {
  readonly count: number
  /** Undefined while nothing was refused. */
  readonly path: string | undefined
  add(refusal: Refusal, advice?: string): void
  close(): void
}

export function createRefusalFile(folder: string): RefusalFile {
  let file: { readonly path: string; readonly descriptor: number } | undefined
  let count = 0
  return {
    get count() {
      return count
    },
    get path() {
      return file?.path
    },
    add: (refusal, advice) => {
      file ??= open(folder)
      count++
      writeSync(file.descriptor, `${lineOf(refusal, advice)}\n`)
    },
    close: () => {
      if (file !== undefined) closeSync(file.descriptor)
    },
  }
}

function open(folder: string) {
  const time = new Date().toISOString().replaceAll(/[:.]/g, '-')
  const path = resolve(folder, `refused-${time}.ndjson`)
  return { path, descriptor: openSync(path, 'wx') }
}

/** The entity is written as it was, with all digits; text that is no JSON becomes a string. */
function lineOf({ entity: { line, source, text }, problem }: Refusal, advice: string | undefined): string {
  const head = JSON.stringify({ line, source, problem, advice }).slice(0, -1)
  return `${head},"entity":${isJson(text) ? text.replaceAll(/[\r\n]+\s*/g, ' ') : JSON.stringify(text)}}`
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
