/** JSON Schema of a map; what it cannot say well is checked in read-csv-map.ts. */

const text = { type: 'string', minLength: 1 }
const texts = { type: 'array', items: { type: 'string' } }
const source = { column: text, template: text }
const time = { ...source, format: text, zone: text }
const timeSource = {
  type: ['string', 'object'],
  minLength: 1,
  properties: time,
  additionalProperties: false,
}

const attribute = {
  type: 'object',
  properties: {
    ...time,
    as: { enum: ['text', 'number', 'boolean', 'date-time', 'relationship', 'point', 'geojson', 'json'] },
    longitude: text,
    latitude: text,
    unitCode: text,
    datasetId: text,
    observedAt: timeSource,
    true: texts,
    false: texts,
  },
  additionalProperties: false,
}

export const csvMapSchema = {
  type: 'object',
  required: ['id', 'type', 'attributes'],
  properties: {
    id: text,
    type: { type: ['string', 'array'], minLength: 1, minItems: 1, items: text },
    scope: text,
    observedAt: timeSource,
    attributes: {
      type: 'object',
      minProperties: 1,
      additionalProperties: { ...attribute, type: ['object', 'array'], items: attribute },
    },
    delimiter: { type: 'string', minLength: 1, maxLength: 1 },
    encoding: { enum: ['utf-8', 'utf-16le', 'windows-1252', 'iso-8859-15'] },
    columns: { ...texts, minItems: 1 },
    decimal: { enum: ['.', ','] },
    thousands: { enum: ['.', ',', ' ', "'"] },
    empty: texts,
  },
  additionalProperties: false,
}
