/** How evolutions are asked for and to be shown: the parameters that retrieval (6.19.3.1) and query (6.18.3.2) share. */

import { parseDuration } from '../core/history/duration.ts'
import type { AggregationMethod } from '../core/history/methods.ts'
import { parseMethods, parseMoment, parseTemporalQuery, type TemporalQuery } from '../core/history/parse-temporal.ts'
import { SCOPE } from '../core/history/past-instance.ts'
import type { InstanceSelection, Wanted } from '../core/history/selection.ts'
import type { Micros } from '../core/history/time-property.ts'
import { badRequest, Problem } from '../core/model/problems.ts'
import { parseProjectionTerms, projectionDepth } from '../core/query/parse-projection.ts'
import { createProjection, isPicked, type Projection } from '../core/query/projection.ts'
import type { Version } from '../core/representation/downgrade.ts'
import { parsePrefer } from '../core/representation/prefer.ts'
import type { EvolutionRenderOptions, TemporalFormat } from '../core/representation/render-evolution.ts'
import type { ResolvedContext } from '../ports/contexts.ts'
import type { Shown } from './answer.ts'
import { attributeNaming, attrsNaming, type Exchange, list, selectors, text, whole } from './exchange.ts'
import { datasetIdOf, knownVersion, languageOf } from './view.ts'

export interface TemporalView extends Shown {
  readonly temporal: TemporalQuery
  readonly selection: InstanceSelection
  readonly wanted: Wanted
  /** IRIs of the Attributes that were asked for by name. */
  readonly named: readonly string[]
  readonly options: EvolutionRenderOptions
  /** Whether pick leaves any of them. */
  readonly showsInstances: boolean
  /** The version that the client prefers; undefined where it has no wish. */
  readonly version: Version | undefined
}

/** Where the answer was cut of which the rest is asked for. */
export function beyondOf({ wanted }: TemporalView): Micros | undefined {
  return wanted.kind === 'instances' ? wanted.beyond : undefined
}

/** What a view was made of, beside the parameters. */
interface Made {
  readonly api: Exchange['api']
  readonly context: ResolvedContext
  readonly mediaType: Exchange['mediaType']
  readonly method: string
  readonly prefer: string
  readonly view: TemporalView
}

/** The last view of parameters: who draws a chart asks the same of each sensor. */
const made = new WeakMap<Exchange['parameters'], Made>()

/** Throws BadRequestData, InvalidRequest where parameters are wrong, or contradict each other. */
export function temporalViewOf(exchange: Exchange, context: ResolvedContext): TemporalView {
  const { ctx, api, parameters, mediaType } = exchange
  const { method } = ctx
  const prefer = ctx.get('Prefer')
  const last = made.get(parameters)
  const isSame = last?.api === api && last.context === context && last.mediaType === mediaType
  if (isSame && last.method === method && last.prefer === prefer) return last.view
  const view = makeView(exchange, context)
  made.set(parameters, { api, context, mediaType, method, prefer, view })
  return view
}

function makeView(exchange: Exchange, context: ResolvedContext): TemporalView {
  const { ctx, parameters, mediaType } = exchange
  const { terms } = context
  const temporal = parseTemporalQuery({
    timerel: text(parameters, 'timerel'),
    timeAt: text(parameters, 'timeAt'),
    endTimeAt: text(parameters, 'endTimeAt'),
    timeproperty: text(parameters, 'timeproperty'),
  })
  const format = temporalFormatOf(exchange)
  const methods = methodsOf(exchange, format)
  const projection = temporalProjection(exchange, context)
  const showsInstances = [...(projection.pick ?? ['*'])].some((name) => !OF_THE_HEAD.has(name))
  // Whether there is something is told by one of each Attribute.
  const lastN = showsInstances ? whole(parameters, 'lastN') : 1
  const lang = languageOf(exchange)
  return {
    ...{ mediaType, context, contextInBody: false, temporal, showsInstances },
    version: knownVersion(parsePrefer(ctx.get('Prefer')).version),
    selection: {
      ...selectedTime(temporal),
      onlyTimed: isOnlyTimed(exchange, temporal, format),
      ...selectedAttributes(projection),
      ...(projection.datasetIds && { datasetIds: projection.datasetIds }),
      ...(lastN !== undefined && { lastN }),
    },
    wanted: wantedOf(exchange, format, methods),
    named: [...(projection.pick ?? [])].filter((name) => !NO_ATTRIBUTES.has(name)),
    options: {
      ...{ format, terms, methods, timeProperty: temporal.timeProperty, backwards: lastN !== undefined },
      sysAttrs: list(parameters, 'options')?.includes('sysAttrs') ?? false,
      isShown: (member) => isPicked(projection, member),
      ...(lang !== undefined && { lang }),
    },
  }
}

const OF_THE_HEAD = new Set(['id', 'type'])
const NO_ATTRIBUTES = new Set([...OF_THE_HEAD, 'scope'])

function selectedTime({ timeProperty, from, until }: TemporalQuery) {
  return { timeProperty, ...(from !== undefined && { from }), ...(until !== undefined && { until }) }
}

/** Who says nothing of time is shown all there is, as it was written. */
function isOnlyTimed({ parameters }: Exchange, { relation }: TemporalQuery, format: TemporalFormat): boolean {
  return (
    relation !== undefined ||
    text(parameters, 'timeproperty') !== undefined ||
    whole(parameters, 'lastN') !== undefined ||
    format === 'simplified' ||
    format === 'aggregated'
  )
}

/** Without Attributes in pick all are looked at: whether there is something in the time is asked of them. */
function selectedAttributes({ pick, omit }: Projection): Pick<InstanceSelection, 'only' | 'without'> {
  const attributes = [...(pick ?? [])].filter((name) => !OF_THE_HEAD.has(name)).map(asAttribute)
  const gone = [...(omit ?? [])].filter((name) => !OF_THE_HEAD.has(name)).map(asAttribute)
  return { ...(attributes.length > 0 && { only: attributes }), ...(gone.length > 0 && { without: gone }) }
}

function asAttribute(name: string): string {
  return name === 'scope' ? SCOPE : name
}

/** 4.21 and, deprecated, attrs. 5.7.3.4: "projection attributes … indicate the use of Linked Entity retrieval … BadRequestData". */
function temporalProjection(exchange: Exchange, { terms }: ResolvedContext): Projection {
  const attrs = selectors(exchange, 'attrs')
  const [pick, omit] = [termsOf(exchange, terms, 'pick'), termsOf(exchange, terms, 'omit')]
  if (attrs !== undefined && (pick ?? omit) !== undefined) {
    throw badRequest('attrs together with pick or omit; attrs is deprecated: use pick and omit alone', 'attrs')
  }
  const datasetIds = selectors(exchange, 'datasetId')?.map(datasetIdOf)
  if (attrs === undefined) return createProjection(pick, omit, datasetIds)
  const names = attrs.map(attrsNaming(exchange, terms)).map((name) => (name === SCOPE ? 'scope' : name))
  return { pick: new Set(['id', 'type', ...names]), ...(datasetIds && { datasetIds }) }
}

function termsOf(exchange: Exchange, terms: ResolvedContext['terms'], parameter: 'pick' | 'omit') {
  const { parameters, api } = exchange
  const sent = list(parameters, parameter)?.join(',')
  if (sent === undefined) return undefined
  const limits = { terms: api.limits.selection, depth: api.limits.query.depth }
  const members = parseProjectionTerms(sent, parameter, attributeNaming(exchange, parameter, terms), limits)
  if (projectionDepth(members) === 0) return members
  throw badRequest(
    'names members of linked entities in braces, whose evolutions are not retrieved with this one; leave them out',
    parameter,
  )
}

const FORMATS: Readonly<Record<string, TemporalFormat>> = {
  normalized: 'normalized',
  concise: 'concise',
  simplified: 'simplified',
  keyValues: 'simplified',
  temporalValues: 'simplified',
  aggregatedValues: 'aggregated',
}

/** A body that says how to aggregate (5.2.44) has no other place to say that it wants it. */
function temporalFormatOf({ ctx, parameters }: Exchange): TemporalFormat {
  const sent = text(parameters, 'format')
  if (sent !== undefined) return FORMATS[sent] ?? 'normalized'
  const formats = new Set(list(parameters, 'options')?.flatMap((name) => FORMATS[name] ?? []))
  if (formats.size > 1)
    throw new Problem('InvalidRequest', `names several formats: ${[...formats].join(', ')}`, 'options')
  const isAggregated = ctx.method === 'POST' && list(parameters, 'aggrMethods') !== undefined
  const [option = isAggregated ? 'aggregated' : 'normalized'] = formats
  return option
}

/** "It shall be 1 if aggregatedValues is present"; it is "only applicable" then. */
function methodsOf({ parameters }: Exchange, format: TemporalFormat): readonly AggregationMethod[] {
  const sent = list(parameters, 'aggrMethods')
  const methods = sent === undefined ? [] : parseMethods(sent, 'aggrMethods')
  if (format !== 'aggregated' || sent !== undefined) return methods
  throw badRequest('aggregatedValues needs to know how; add aggrMethods, such as aggrMethods=avg,max', 'aggrMethods')
}

function wantedOf(
  { parameters, api: { limits } }: Exchange,
  format: TemporalFormat,
  methods: readonly AggregationMethod[],
): Wanted {
  const sent = text(parameters, 'aggrPeriodDuration')
  const duration = sent === undefined ? undefined : parseDuration(sent, 'aggrPeriodDuration')
  const cut = text(parameters, 'beyond')
  const beyond = cut === undefined ? undefined : parseMoment(cut, 'beyond')
  if (format !== 'aggregated')
    return {
      ...{ kind: 'instances', most: limits.temporalInstances, mostBytes: limits.pageBytes },
      ...(beyond !== undefined && { beyond }),
    }
  if (beyond !== undefined) throw badRequest('is of instances; aggregates are not given in parts', 'beyond')
  return { kind: 'aggregates', methods, most: limits.temporalPeriods, ...(duration && { duration }) }
}
