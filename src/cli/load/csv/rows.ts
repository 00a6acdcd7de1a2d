/** CSV → its rows, with their lines. */

import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parse } from 'csv-parse'
import { CommandError } from '../../command-error.ts'
import { compressed, isCompressed } from '../source.ts'
import type { CsvForm } from './csv-map.ts'

export interface CsvRow {
  /** Where it begins; the first line is 1. */
  readonly line: number
  readonly cells: readonly string[]
}

/** A quote that is not closed makes a row of all that follows. */
const MAX_ROW_BYTES = 1024 * 1024
/** Rows that are handed on together. */
const ROWS = 500
/** Bytes that are parsed in one go: all rows of them are in memory. */
const PIECE_BYTES = 8 * 1024

/** Rows without a cell are left out. Throws CommandError where what follows cannot be read. */
export async function* rowsIn(chunks: AsyncIterable<Buffer>, form: CsvForm): AsyncGenerator<readonly CsvRow[]> {
  const parser = parse({
    bom: true,
    delimiter: form.delimiter ?? ',',
    record_delimiter: ['\r\n', '\n'],
    // Rows are judged one by one (row-reader.ts): a row that is wrong is not to end the others.
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: MAX_ROW_BYTES,
  })
  // What it fails with comes out of the parser, too.
  pipeline(Readable.from(textOf(chunks, form.encoding), { objectMode: false }), parser).catch(() => undefined)
  let line = 1
  let rows: CsvRow[] = []
  try {
    for await (const cells of parser as AsyncIterable<readonly string[]>) {
      if (cells.length > 1 || cells[0]?.trim() !== '') rows.push({ line, cells })
      line += 1 + breaksIn(cells)
      if (rows.length < ROWS) continue
      yield rows
      rows = []
    }
  } catch (error) {
    yield rows
    throw isUnclosed(error) ? unclosed(line) : error
  }
  yield rows
}

async function* textOf(chunks: AsyncIterable<Buffer>, encoding = 'utf-8'): AsyncGenerator<Buffer> {
  const decoder = encoding === 'utf-8' ? undefined : new TextDecoder(encoding)
  let begun = false
  for await (const chunk of chunks) {
    if (!begun && isCompressed(chunk)) throw compressed()
    begun = true
    const bytes = decoder === undefined ? chunk : Buffer.from(decoder.decode(chunk, { stream: true }))
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES)
  }
}

function breaksIn(cells: readonly string[]): number {
  let breaks = 0
  for (const cell of cells) {
    for (let at = cell.indexOf('\n'); at !== -1; at = cell.indexOf('\n', at + 1)) breaks++
  }
  return breaks
}

function isUnclosed(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown }
  return code === 'CSV_QUOTE_NOT_CLOSED' || code === 'CSV_MAX_RECORD_SIZE'
}

function unclosed(line: number): CommandError {
  return new CommandError(
    `line ${line}: a row begins here that does not end within ${MAX_ROW_BYTES} bytes, or in the file; a quote in it is not closed, and what follows cannot be read`,
  )
}
