/** What the columns of a CSV file mean: the file that --csv-map names (docs/csv-map.md). */

export interface CsvMap extends CsvForm {
  /** Template of the id, such as `urn:ngsi-ld:Sensor:{station}`. */
  readonly id: string
  readonly type: string | readonly string[]
  /** Template. */
  readonly scope?: string
  /** When all Attributes of a row were observed that do not say otherwise; a name alone is that of a column. */
  readonly observedAt?: string | TimeSource
  readonly attributes: Readonly<Record<string, AttributeSource | readonly AttributeSource[]>>
}

/** How the file is written. */
export interface CsvForm {
  readonly delimiter?: string
  readonly encoding?: string
  /** Names of the columns, where the first line is no header. */
  readonly columns?: readonly string[]
  readonly decimal?: '.' | ','
  readonly thousands?: string
  /** Cells that say that there is nothing, beside empty ones. */
  readonly empty?: readonly string[]
}

/** Where a text comes from: one of the two is there. */
export interface TextSource {
  readonly column?: string
  readonly template?: string
}

export interface TimeSource extends TextSource {
  /** `iso`, `seconds` and `milliseconds` since 1970, or a pattern such as `dd/MM/yyyy HH:mm`. */
  readonly format?: string
  /** Time zone of the IANA, of times that do not say their own. */
  readonly zone?: string
}

export interface AttributeSource extends TimeSource {
  readonly as?: AttributeKind
  /** Columns of a point. */
  readonly longitude?: string
  readonly latitude?: string
  readonly unitCode?: string
  /** Template. */
  readonly datasetId?: string
  readonly observedAt?: string | TimeSource
  /** What a boolean is true or false for. */
  readonly true?: readonly string[]
  readonly false?: readonly string[]
}

export type AttributeKind = 'text' | 'number' | 'boolean' | 'date-time' | 'relationship' | 'point' | 'geojson' | 'json'
