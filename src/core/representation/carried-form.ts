/** Evolutions as they are written to take them to another store, and read there. */

import type { CarriedEvolution, CarriedInstance, CarriedSeries, CarriedSummary } from '../history/carried.ts'
import type { Json, JsonObject } from '../model/entity.ts'
import { show } from '../model/show.ts'
import { below, fault, type Path } from './path.ts'
import { INSTANCE, instant, membersOf, type Reader, text, texts } from './stored-form.ts'

const EVOLUTION = { id: text, types: texts, createdAt: instant, deletedAt: instant } satisfies Record<
  keyof CarriedEvolution,
  Reader
>

const { datasetId: _, ...ownMembers } = INSTANCE

/** The dataset stands with the series. */
const CARRIED_INSTANCE = { ...ownMembers, deletedAt: instant, number: whole } satisfies Record<
  Exclude<keyof CarriedInstance, 'datasetId'>,
  Reader
>

const SUMMARIES = { begins: micros, ends: micros, summaries: listOf(summary) } satisfies Record<
  keyof CarriedSummary,
  Reader
>

const SUMMARY = {
  valueClass: text,
  count: whole,
  distinct: whole,
  sum: number,
  sumsq: number,
  deviation: number,
  min: extreme,
  max: extreme,
} satisfies Record<keyof CarriedSummary['summaries'][number], Reader>

const SERIES = {
  attribute: text,
  datasetId: text,
  isObserved: flag,
  summaries: listOf((json, path) => membersOf(json, SUMMARIES, ['begins', 'ends', 'summaries'], path)),
  instances: listOf((json, path) => membersOf(json, CARRIED_INSTANCE, ['type', 'value', 'createdAt'], path)),
} satisfies Record<keyof CarriedSeries, Reader>

/** In one order of members. Throws BadRequestData, as the others here, where it is none; whether a client could have made it is for creatable-past.ts. */
export function readEvolution(json: Json): CarriedEvolution {
  return membersOf(json, EVOLUTION, ['id', 'types', 'createdAt'], undefined) as unknown as CarriedEvolution
}

/** What is the same for nearly all is left out. */
export function writeSeries(series: CarriedSeries): JsonObject {
  const { attribute, datasetId, isObserved, summaries, instances } = series
  const written = {
    attribute,
    ...(datasetId !== undefined && { datasetId }),
    ...(isObserved && { isObserved }),
    ...(summaries.length > 0 && { summaries: summaries.map(finite) }),
    ...(instances.length > 0 && { instances: instances.map(writeInstance) }),
  }
  return membersOf(written as unknown as Json, SERIES, ['attribute'], undefined)
}

function writeInstance({ datasetId: _, modifiedAt, number, ...instance }: CarriedInstance): object {
  return { ...instance, ...(modifiedAt !== instance.createdAt && { modifiedAt }), ...(number > 0 && { number }) }
}

/** JSON has no number for what is beyond all. */
function finite({ begins, ends, summaries }: CarriedSummary): CarriedSummary {
  const isWritten = (value: unknown) => typeof value !== 'number' || Number.isFinite(value)
  const each = summaries.map((one) => Object.fromEntries(Object.entries(one).filter(([, value]) => isWritten(value))))
  return { begins, ends, summaries: each as unknown as CarriedSummary['summaries'] }
}

export function readSeries(json: Json): CarriedSeries {
  const read = membersOf(json, SERIES, ['attribute'], undefined) as unknown as Partial<CarriedSeries>
  const { attribute = '', datasetId, isObserved = false, summaries = [], instances = [] } = read
  return {
    attribute,
    ...(datasetId !== undefined && { datasetId }),
    isObserved: isObserved || instances.some(({ observedAt }) => observedAt !== undefined),
    summaries,
    instances: instances.map((each) => ({
      ...each,
      modifiedAt: each.modifiedAt ?? each.createdAt,
      number: each.number ?? 0,
      ...(datasetId !== undefined && { datasetId }),
    })),
  }
}

function listOf(read: (json: Json, path: Path) => Json): Reader {
  return (json, path) => {
    if (!Array.isArray(json)) throw fault(path, `expected an array, found ${show(json)}`)
    return json.map((each: Json, i) => read(each, below(path, i)))
  }
}

function summary(json: Json, path: Path): Json {
  return membersOf(json, SUMMARY, ['valueClass', 'count'], path)
}

function whole(json: Json, path: Path): Json {
  if (Number.isSafeInteger(json) && Number(json) >= 0) return json
  throw fault(path, `expected a whole number, found ${show(json)}`)
}

function micros(json: Json, path: Path): Json {
  if (Number.isSafeInteger(json)) return json
  throw fault(path, `expected a number of microseconds since 1970, found ${show(json)}`)
}

function number(json: Json, path: Path): Json {
  if (typeof json === 'number') return json
  throw fault(path, `expected a number, found ${show(json)}`)
}

function extreme(json: Json, path: Path): Json {
  return typeof json === 'string' ? json : number(json, path)
}

function flag(json: Json, path: Path): Json {
  if (typeof json === 'boolean') return json
  throw fault(path, `expected true or false, found ${show(json)}`)
}
