/** The columns that a file has, by name: cells and templates over them, as functions of a row. */

import { nearestName } from '../../../core/model/nearest-name.ts'
import { CommandError } from '../../command-error.ts'
import type { TextSource } from './csv-map.ts'

export type Row = readonly string[]
/** The text for a row; undefined where a cell that it needs has nothing. */
export type Text = (row: Row) => string | undefined

export interface Columns {
  /** `at` is the place in the map. Throws CommandError where there is no such column. */
  text(at: string, source: TextSource): Text
  /** `encode` is applied to cells in it. */
  template(at: string, template: string, encode?: (cell: string) => string): Text
}

const PLACE = /\{([^{}]*)\}/g

export function createColumns(names: readonly string[], empty: readonly string[] = []): Columns {
  const nothing = new Set(['', ...empty])
  const cell = (at: string, name: string): Text => {
    const index = names.indexOf(name)
    if (index === -1) throw noColumn(at, name, names)
    if (names.includes(name, index + 1)) throw new CommandError(`${at}: there are several columns ${quoted(name)}`)
    return (row) => {
      const text = (row[index] ?? '').trim()
      return nothing.has(text) ? undefined : text
    }
  }
  const template: Columns['template'] = (at, text, encode = (each) => each) => {
    // Names and what stands between them, in turn.
    const parts = text.split(PLACE).map((part, i) => (i % 2 === 0 ? () => part : encoded(cell(at, part), encode)))
    return (row) => {
      let whole = ''
      for (const part of parts) {
        const piece = part(row)
        if (piece === undefined) return undefined
        whole += piece
      }
      return whole
    }
  }
  return {
    template,
    text: (at, { column, template: text = '' }) =>
      column === undefined ? template(`${at}/template`, text) : cell(`${at}/column`, column),
  }
}

function encoded(cell: Text, encode: (text: string) => string): Text {
  return (row) => {
    const text = cell(row)
    return text === undefined ? undefined : encode(text)
  }
}

function noColumn(at: string, name: string, names: readonly string[]): CommandError {
  const meant = nearestName(name, names)
  const others = `the file has ${names.map(quoted).join(', ')}`
  const hint = meant === undefined ? '' : `; did you mean ${quoted(meant)}?`
  const one = names.length === 1 ? '; if it has more, say "delimiter" in the map, such as ";"' : ''
  return new CommandError(`${at}: there is no column ${quoted(name)}; ${others}${hint}${one}`)
}

function quoted(name: string): string {
  return JSON.stringify(name)
}

const OUTSIDE_OF_URIS = /[^A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]/gu

/** What may stand in no URI is percent-encoded, so that `Calle Alta` can be a part of one. */
export function uriEncoded(text: string): string {
  return text.replaceAll(OUTSIDE_OF_URIS, (character) => encodeURIComponent(character))
}
