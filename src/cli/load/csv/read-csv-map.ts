/** A file → a map that can be used, or what is wrong with it, where, and how to put it right. */

import { readFile } from 'node:fs/promises'
import type { ErrorObject } from 'ajv'
import { nearestName } from '../../../core/model/nearest-name.ts'
import { pointerPart } from '../../../core/model/pointer.ts'
import { show } from '../../../core/model/show.ts'
import { CommandError, reasonOf } from '../../command-error.ts'
import type { AttributeSource, CsvMap, TextSource, TimeSource } from './csv-map.ts'
import { csvMapSchema } from './csv-map-schema.ts'
import { formatFault } from './times.ts'

/** Throws CommandError. */
export async function readCsvMap(path: string): Promise<CsvMap> {
  const text = await readFile(path, 'utf8').catch((error) => {
    throw new CommandError(`--csv-map ${path} cannot be read: ${reasonOf(error)}`, error)
  })
  return await checkedMap(path, text)
}

/** `name` is what messages call it. Throws CommandError. */
export async function checkedMap(name: string, text: string): Promise<CsvMap> {
  let json: unknown
  try {
    json = JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (error) {
    throw new CommandError(`--csv-map ${name} is no JSON: ${(error as Error).message}`)
  }
  const { Ajv } = await import('ajv')
  const validate = new Ajv({ allowUnionTypes: true, strictTypes: false, verbose: true }).compile<CsvMap>(csvMapSchema)
  if (!validate(json)) throw new CommandError(`--csv-map ${name}: ${explain(validate.errors?.[0])}`)
  const fault = faultIn(json)
  if (fault !== undefined) throw new CommandError(`--csv-map ${name}: ${fault}`)
  return json
}

function explain(error: ErrorObject | undefined): string {
  if (error === undefined) return 'it is no map'
  const { keyword, instancePath, params, parentSchema, data } = error
  const at = instancePath === '' ? '' : `${instancePath}: `
  switch (keyword) {
    case 'required':
      return `${at}"${params.missingProperty}" is missing`
    case 'additionalProperties':
      return `${at}${unknownMember(params.additionalProperty, Object.keys(parentSchema?.properties ?? {}))}`
    case 'enum':
      return `${at}expected one of ${params.allowedValues.map(show).join(', ')}, found ${show(data as never)}`
    case 'type':
      return `${at}expected ${[params.type].flat().join(' or ')}, found ${show(data as never)}`
    default:
      return `${at}${error.message}, found ${show(data as never)}`
  }
}

function unknownMember(name: string, known: readonly string[]): string {
  const meant = nearestName(name, known)
  return `there is no "${name}" here; ${meant === undefined ? `it has ${known.join(', ')}` : `did you mean "${meant}"?`}`
}

function faultIn({ observedAt, attributes, decimal = '.', thousands }: CsvMap): string | undefined {
  if (thousands === decimal) return `/thousands: ${show(thousands)} stands before decimals; say "decimal" as well`
  const time = observedAt === undefined ? undefined : timeFault('/observedAt', observedAt)
  if (time !== undefined) return time
  return Object.entries(attributes)
    .flatMap(([name, sources]) => located(`/attributes/${pointerPart(name)}`, sources))
    .map(([at, source]) => attributeFault(at, source))
    .find((fault) => fault !== undefined)
}

/** Each source of an Attribute, with its place in the map. */
export function located(
  at: string,
  sources: AttributeSource | readonly AttributeSource[],
): readonly (readonly [string, AttributeSource])[] {
  if (isList(sources)) return sources.map((source, i) => [`${at}/${i}`, source])
  return [[at, sources]]
}

/** Throws CommandError where an instance of a history would have no time but that of the load. */
export function checkTimes(name: string, { observedAt, attributes }: CsvMap): void {
  const all = Object.values(attributes).flatMap((sources) => located('', sources))
  if (observedAt !== undefined || all.every(([, source]) => source.observedAt !== undefined)) return
  throw new CommandError(
    `--csv-map ${name}: "observedAt" is missing; with --mode history say the column that has the time of the row`,
  )
}

function isList(sources: AttributeSource | readonly AttributeSource[]): sources is readonly AttributeSource[] {
  return Array.isArray(sources)
}

function attributeFault(at: string, source: AttributeSource): string | undefined {
  const { as = 'text', longitude, latitude, observedAt } = source
  if (observedAt !== undefined) {
    const fault = timeFault(`${at}/observedAt`, observedAt)
    if (fault !== undefined) return fault
  }
  if (as === 'point') {
    return longitude === undefined || latitude === undefined
      ? `${at}: a point needs "longitude" and "latitude", the columns that have them`
      : undefined
  }
  if (as === 'date-time') return timeFault(at, source)
  return sourceFault(at, source)
}

function timeFault(at: string, time: string | TimeSource): string | undefined {
  if (typeof time === 'string') return undefined
  if (time.zone !== undefined && !isZone(time.zone))
    return `${at}/zone: there is no time zone ${show(time.zone)}; it looks like "Europe/Madrid"`
  const format = time.format === undefined ? undefined : formatFault(time.format)
  return format === undefined ? sourceFault(at, time) : `${at}/format: ${show(time.format)} is no format: ${format}`
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined
  } catch {
    return false
  }
}

function sourceFault(at: string, { column, template }: TextSource): string | undefined {
  if ((column === undefined) !== (template === undefined)) return undefined
  return `${at}: say either "column" (the one that has it) or "template" (such as "urn:ngsi-ld:Room:{room}")`
}
