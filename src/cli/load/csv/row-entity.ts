/** A row → the JSON of an entity: a function that is made once for a file, of the map and of the columns that are there. */

import { pointerPart } from '../../../core/model/pointer.ts'
import { show } from '../../../core/model/show.ts'
import { CellError } from './cell-error.ts'
import { type Columns, createColumns, type Row, type Text, uriEncoded } from './columns.ts'
import type { AttributeSource, CsvMap, TextSource, TimeSource } from './csv-map.ts'
import { located } from './read-csv-map.ts'
import { timeParser } from './times.ts'
import { numberConverter, valueForm } from './values.ts'

export interface RowEntity {
  readonly id: string
  readonly text: string
}

/** Throws CellError. */
export type RowReader = (row: Row) => RowEntity

type TimeReader = (row: Row) => string | undefined

/**
 * `isTimed`: what has no time is refused, because in a history it would be of the moment of the load. Throws CommandError
 * where the file has not the columns that the map names.
 */
export function createRowReader(map: CsvMap, names: readonly string[], isTimed = false): RowReader {
  const columns = createColumns(names, map.empty)
  const idOf = columns.template('/id', map.id, uriEncoded)
  const type = JSON.stringify(map.type)
  const scopeOf = map.scope === undefined ? NOTHING : columns.template('/scope', map.scope)
  const timeOf = map.observedAt === undefined ? NOTHING : timeReader(columns, '/observedAt', map.observedAt)
  const attributes = Object.entries(map.attributes).map(([name, sources]) => {
    const all = located(`/attributes/${pointerPart(name)}`, sources)
    const key = JSON.stringify(name)
    return attributeReader(
      key,
      all.map(([at, source]) => instanceReader(columns, map, at, source, isTimed)),
    )
  })
  return (row) => {
    const id = idOf(row)
    if (id === undefined) throw new CellError('a cell that the id is made of is empty')
    const scope = scopeOf(row)
    const observedAt = timeOf(row)
    let text = `{"id":${JSON.stringify(id)},"type":${type}`
    if (scope !== undefined) text += `,"scope":${JSON.stringify(scope)}`
    for (const read of attributes) text += read(row, observedAt)
    return { id, text: `${text}}` }
  }
}

const NOTHING: Text = () => undefined

type MemberReader = (row: Row, observedAt: string | undefined) => string
type InstanceReader = (row: Row, observedAt: string | undefined) => string | undefined

/** Nothing where no cell has something. */
function attributeReader(key: string, instances: readonly InstanceReader[]): MemberReader {
  const [only] = instances
  if (only !== undefined && instances.length === 1) {
    return (row, observedAt) => {
      const text = only(row, observedAt)
      return text === undefined ? '' : `,${key}:${text}`
    }
  }
  return (row, observedAt) => {
    const texts = instances.map((read) => read(row, observedAt)).filter((text) => text !== undefined)
    return texts.length === 0 ? '' : `,${key}:[${texts.join(',')}]`
  }
}

function instanceReader(
  columns: Columns,
  map: CsvMap,
  at: string,
  source: AttributeSource,
  isTimed: boolean,
): InstanceReader {
  const { unitCode } = source
  const { type, member, convert } = valueForm(source, map)
  const readValue =
    source.as === 'point' ? pointReader(columns, map, at, source) : converted(columns, at, source, convert)
  const datasetOf =
    source.datasetId === undefined ? NOTHING : columns.template(`${at}/datasetId`, source.datasetId, uriEncoded)
  const ownTime =
    source.observedAt === undefined ? undefined : timeReader(columns, `${at}/observedAt`, source.observedAt)
  const unit = unitCode === undefined ? '' : `,"unitCode":${JSON.stringify(unitCode)}`
  return (row, time) => {
    const value = readValue(row)
    if (value === undefined) return undefined
    const observedAt = ownTime === undefined ? time : ownTime(row)
    if (observedAt === undefined && isTimed) throw new CellError('it has no time; what is history needs "observedAt"')
    const datasetId = datasetOf(row)
    let text = `{"type":"${type}","${member}":${value}${unit}`
    if (observedAt !== undefined) text += `,"observedAt":"${observedAt}"`
    if (datasetId !== undefined) text += `,"datasetId":${JSON.stringify(datasetId)}`
    return `${text}}`
  }
}

function timeReader(columns: Columns, at: string, time: string | TimeSource): TimeReader {
  const source = typeof time === 'string' ? { column: time } : time
  return converted(columns, at, source, timeParser(source))
}

/** What goes wrong is told with the cell that it is about. */
function converted(columns: Columns, at: string, source: TextSource, convert: (text: string) => string): Text {
  const isUri = 'as' in source && source.as === 'relationship'
  const textOf =
    isUri && source.template !== undefined
      ? columns.template(`${at}/template`, source.template, uriEncoded)
      : columns.text(at, source)
  const name = source.column === undefined ? `${at}/template` : `column ${show(source.column)}`
  return (row) => {
    const text = textOf(row)
    return text === undefined ? undefined : attempted(name, text, convert)
  }
}

function attempted(name: string, text: string, convert: (text: string) => string): string {
  try {
    return convert(text)
  } catch (error) {
    if (error instanceof CellError) throw new CellError(`${name}: ${show(text)} ${error.message}`)
    throw error
  }
}

/** GeoJSON has the longitude first. */
function pointReader(columns: Columns, map: CsvMap, at: string, { longitude, latitude }: AttributeSource): Text {
  const number = numberConverter(map)
  const longitudeOf = converted(columns, at, named(longitude), number)
  const latitudeOf = converted(columns, at, named(latitude), number)
  return (row) => {
    const x = longitudeOf(row)
    const y = latitudeOf(row)
    return x === undefined || y === undefined ? undefined : `{"type":"Point","coordinates":[${x},${y}]}`
  }
}

function named(column = ''): TextSource {
  return { column }
}
