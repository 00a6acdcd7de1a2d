/** Cells → JSON texts of values. Numbers keep the digits that were written. */

import { show } from '../../../core/model/show.ts'
import { CellError } from './cell-error.ts'
import type { AttributeSource, CsvForm } from './csv-map.ts'
import { timeParser } from './times.ts'

/** What is thrown at cells that have no such value is CellError. */
type Converter = (text: string) => string

export interface ValueForm {
  /** Of the Attribute. */
  readonly type: 'Property' | 'Relationship' | 'GeoProperty'
  readonly member: 'value' | 'object'
  readonly convert: Converter
}

/** Of every kind but a point, which has two cells. */
export function valueForm(source: AttributeSource, form: CsvForm): ValueForm {
  const property = (convert: Converter): ValueForm => ({ type: 'Property', member: 'value', convert })
  const { as = 'text' } = source
  switch (as) {
    case 'number':
      return property(numberConverter(form))
    case 'boolean':
      return property(booleanConverter(source))
    case 'date-time': {
      const parse = timeParser(source)
      return property((text) => `{"@type":"DateTime","@value":"${parse(text)}"}`)
    }
    case 'json':
      return property(json)
    case 'relationship':
      return { type: 'Relationship', member: 'object', convert: (text) => JSON.stringify(text) }
    case 'geojson':
    case 'point':
      return { type: 'GeoProperty', member: 'value', convert: json }
    case 'text':
      return property((text) => JSON.stringify(text))
  }
}

const NUMBER = /^([+-]?)0*(\d*)(?:\.(\d*))?(e[+-]?\d+)?$/i

export function numberConverter({ decimal = '.', thousands }: CsvForm): Converter {
  return (text) => {
    const ungrouped = thousands === undefined ? text : text.replaceAll(thousands === ' ' ? /\s/g : thousands, '')
    const [, sign, whole = '', fraction = '', exponent = ''] =
      NUMBER.exec(decimal === ',' ? withPoint(ungrouped) : ungrouped) ?? []
    if (sign === undefined || !/\d/.test(ungrouped.replace(/e.*/i, '')))
      throw new CellError(`is no number${hint(text, decimal)}`)
    return `${sign === '-' ? '-' : ''}${whole || '0'}${fraction && `.${fraction}`}${exponent}`
  }
}

/** A point is then none of decimals. */
function withPoint(text: string): string {
  return text.includes('.') ? 'no number' : text.replace(',', '.')
}

function hint(text: string, decimal: string): string {
  if (decimal === '.' && /^[+-]?[\d.]*,\d+$/.test(text))
    return '; say "decimal": "," in the map, and "thousands": "." where there are such'
  if (decimal === ',' && /\d\.\d/.test(text)) return '; say "thousands": "." in the map'
  return ''
}

function booleanConverter({ true: yes = ['true', '1'], false: no = ['false', '0'] }: AttributeSource): Converter {
  const isYes = new Set(yes.map(lowerCase))
  const isNo = new Set(no.map(lowerCase))
  return (text) => {
    const word = lowerCase(text)
    if (isYes.has(word)) return 'true'
    if (isNo.has(word)) return 'false'
    throw new CellError(`is none of ${[...isYes, ...isNo].map(show).join(', ')}; say "true" and "false" in the map`)
  }
}

function lowerCase(text: string): string {
  return text.toLowerCase()
}

function json(text: string): string {
  try {
    JSON.parse(text)
    return text
  } catch {
    throw new CellError('is no JSON')
  }
}
