/** CSV → entities, as a map says. */

import { CommandError, reasonOf } from '../../command-error.ts'
import type { Inspected } from '../entity.ts'
import type { Reader } from '../readers.ts'
import { counted } from '../source.ts'
import { CellError } from './cell-error.ts'
import type { CsvMap } from './csv-map.ts'
import { createRowReader, type RowReader } from './row-entity.ts'
import { type CsvRow, rowsIn } from './rows.ts'

/** `isTimed`: rows without a time are refused. */
export function csvReader(map: CsvMap, isTimed: boolean): Reader {
  return async function* (source, read) {
    try {
      yield* entitiesIn(source.name, map, isTimed, rowsIn(counted(source.chunks, read), map))
    } catch (error) {
      throw new CommandError(
        `${source.name}: ${error instanceof CommandError ? error.message : reasonOf(error)}`,
        error,
      )
    }
  }
}

async function* entitiesIn(
  source: string,
  map: CsvMap,
  isTimed: boolean,
  pages: AsyncIterable<readonly CsvRow[]>,
): AsyncGenerator<readonly Inspected[]> {
  let read: RowReader | undefined
  let width = 0
  for await (const page of pages) {
    const [header, ...others] = page
    let rows = page
    if (read === undefined && header !== undefined) {
      const names = map.columns ?? header.cells.map((name) => name.trim())
      if (map.columns === undefined) rows = others
      read = createRowReader(map, names, isTimed)
      width = names.length
    }
    const reader = read
    if (reader !== undefined) yield rows.map((row) => inspectRow(source, row, width, map, reader))
  }
}

function inspectRow(source: string, { line, cells }: CsvRow, width: number, map: CsvMap, read: RowReader): Inspected {
  const refuse = (detail: string): Inspected => {
    const entity = { source, line, text: textOf(cells, map.delimiter) }
    return { ok: false, refusal: { entity, problem: { title: 'Not sent', detail } } }
  }
  if (cells.length !== width) return refuse(`it has ${cells.length} cells, and there are ${width} columns`)
  if (cells.some(isBroken)) return refuse('it is not UTF-8; say "encoding" in the map, such as "windows-1252"')
  try {
    return { ok: true, entity: { source, line, ...read(cells), ld: false } }
  } catch (error) {
    if (error instanceof CellError) return refuse(error.message)
    throw error
  }
}

function isBroken(cell: string): boolean {
  return cell.includes('\ufffd')
}

/** The row as it has to be written. */
function textOf(cells: readonly string[], delimiter = ','): string {
  return cells.map((cell) => (needsQuotes(cell, delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(delimiter)
}

function needsQuotes(cell: string, delimiter: string): boolean {
  return cell.includes(delimiter) || /["\r\n]/.test(cell)
}
