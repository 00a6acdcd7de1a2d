/** How entities are to be shown to this client: representation, projection, language, version, media type. */

import type { TermTable } from '../core/jsonld/terms.ts'
import { badRequest, Problem } from '../core/model/problems.ts'
import { isUri } from '../core/model/uri.ts'
import {
  attributesAsPick,
  type ProjectionTerm,
  parseProjectionTerms,
  projectionDepth,
} from '../core/query/parse-projection.ts'
import { createProjection, type Projection } from '../core/query/projection.ts'
import { CURRENT_VERSION, showVersion, type Version } from '../core/representation/downgrade.ts'
import { type LanguagePreference, parseLanguageFilter } from '../core/representation/language-filter.ts'
import { parsePrefer } from '../core/representation/prefer.ts'
import type { Format } from '../core/representation/render-attribute.ts'
import { createRepresenter, type Representer } from '../operations/represent.ts'
import type { Linking } from '../operations/shown-linked.ts'
import type { ResolvedContext } from '../ports/contexts.ts'
import { attributeNames, attributeNaming, type Exchange, list, selectors, text } from './exchange.ts'
import { checkJoinLevel, joinOf } from './join.ts'
import { GEO_JSON, type MediaType } from './negotiation.ts'

export interface View extends Representer {
  readonly mediaType: MediaType
  readonly context: ResolvedContext
  /** GeoJSON only: whether the @context stands in the body or in a Link header (6.3.6). */
  readonly contextInBody: boolean
  /** The version that the client prefers; undefined where it has no wish. */
  readonly version: Version | undefined
  /** Attributes of which the entity must have one (attrs). */
  readonly attributes: readonly string[] | undefined
  readonly join: Linking
}

/** Throws BadRequestData where parameters contradict each other or the media type. */
export function viewOf(exchange: Exchange, context: ResolvedContext): View {
  const { ctx, mediaType } = exchange
  const prefer = parsePrefer(ctx.get('Prefer'))
  const attrs = selectors(exchange, 'attrs')
  const attributes = attrs && attributeNames(exchange, attrs, 'attrs', context.terms)
  const join = joinOf(exchange)
  const own = projectionOf(exchange, context, join, attributes)
  // After the projection, which is wrong where it goes deeper than the joinLevel, whatever that may be.
  checkJoinLevel(join, exchange)
  const geometry = geometryOf(exchange, context, own)
  const version = knownVersion(prefer.version)
  return {
    mediaType,
    context,
    contextInBody: mediaType === GEO_JSON && !prefer.bodyIsJson,
    version,
    attributes,
    join,
    ...createRepresenter({
      ...representationOf(exchange, context.terms),
      projection: own,
      ...(version !== undefined && { version }),
      ...(geometry !== undefined && { geometry }),
    }),
  }
}

/** One that is not there yet is answered with the current one. */
export function knownVersion(preferred: Version | undefined): Version | undefined {
  return preferred === undefined ? undefined : Math.min(preferred, CURRENT_VERSION)
}

/** 4.3.6.8: the version that a response conforms to, for Preference-Applied. */
export function appliedVersion({ version }: Pick<View, 'version'>): string | undefined {
  return version === undefined ? undefined : `ngsi-ld=${showVersion(version)}`
}

/** 4.21 and, deprecated, attrs: "A synonym for the pick parameter, except that id, type, scope are not allowed." */
function projectionOf(
  exchange: Exchange,
  context: ResolvedContext,
  join: Linking,
  attributes: readonly string[] | undefined,
): Projection {
  const { pick, omit, datasetIds } = projectionTerms(exchange, context, join, attributes)
  return createProjection(pick, omit, datasetIds)
}

/**
 * What is made a Projection of. Throws BadRequestData where parameters contradict each other.
 * @param join undefined where the operation knows no such parameter
 */
export function projectionTerms(
  exchange: Exchange,
  context: ResolvedContext,
  join: Linking | undefined,
  attributes: readonly string[] | undefined,
) {
  const pick = termsOf(exchange, context, join, 'pick')
  const omit = termsOf(exchange, context, join, 'omit')
  if (attributes !== undefined && (pick ?? omit) !== undefined) {
    throw badRequest('attrs together with pick or omit; attrs is deprecated: use pick and omit alone', 'attrs')
  }
  const attrs = attributes && attributesAsPick(attributes)
  return { pick: pick ?? attrs, omit, datasetIds: selectors(exchange, 'datasetId')?.map(datasetIdOf) }
}

function termsOf(
  exchange: Exchange,
  { terms }: ResolvedContext,
  join: Linking | undefined,
  parameter: 'pick' | 'omit',
): readonly ProjectionTerm[] | undefined {
  const { parameters, api } = exchange
  const sent = list(parameters, parameter)?.join(',')
  if (sent === undefined) return undefined
  const limits = { terms: api.limits.selection, depth: api.limits.query.depth }
  const members = parseProjectionTerms(sent, parameter, attributeNaming(exchange, parameter, terms), limits)
  const depth = projectionDepth(members)
  if (depth <= (join?.level ?? 0)) return members
  // 5.7.1.4: "If projection attributes are present and indicate the use of Linked Entity retrieval and the use of Linked
  // Entity retrieval is not specified, or the projected attribute depth exceeds the Linked Entity retrieval depth …"
  throw badRequest(tooDeep(join, depth), parameter)
}

function tooDeep(join: Linking | undefined, depth: number): string {
  if (join === undefined)
    return 'names members of linked entities in braces, which are not retrieved here; leave them out'
  return join.kind === 'none'
    ? 'names members of linked entities in braces; this needs their retrieval: add join=inline or join=flat'
    : `the braces follow ${depth} Relationships, joinLevel is ${join.level}; raise it, or follow fewer`
}

/** Undefined stands for the default instance. Throws BadRequestData. */
export function datasetIdOf(id: string): string | undefined {
  if (id === '@none') return undefined
  if (isUri(id)) return id
  throw badRequest(`"${id}" is no URI, nor "@none" for the default instance`, 'datasetId')
}

function representationOf(exchange: Exchange, terms: TermTable) {
  const lang = languageOf(exchange)
  return {
    format: formatOf(exchange),
    sysAttrs: list(exchange.parameters, 'options')?.includes('sysAttrs') ?? false,
    terms,
    ...(lang !== undefined && { lang }),
  }
}

const FORMATS: Readonly<Record<string, Format>> = {
  normalized: 'normalized',
  concise: 'concise',
  simplified: 'simplified',
  keyValues: 'simplified',
}

/** Table 6.3.7-1; `format` takes precedence over the deprecated `options`. */
export function formatOf({ parameters }: Exchange): Format {
  const format = text(parameters, 'format')
  if (format !== undefined) return FORMATS[format] ?? 'normalized'
  const formats = new Set(list(parameters, 'options')?.flatMap((name) => FORMATS[name] ?? []))
  if (formats.size > 1)
    throw new Problem('InvalidRequest', `names several formats: ${[...formats].join(', ')}`, 'options')
  const [option = 'normalized'] = formats
  return option
}

export function languageOf({ parameters }: Exchange): LanguagePreference | undefined {
  const lang = text(parameters, 'lang')
  if (lang === undefined) return undefined
  const preference = parseLanguageFilter(lang)
  if (preference === undefined)
    throw badRequest(`"${lang}" is no language filter; it looks like fr-CH,fr;q=0.9,*;q=0.5`, 'lang')
  return preference
}

/** 4.5.16.1; 5.7.1.4: geometryProperty without GeoJSON is BadRequestData. */
function geometryOf(exchange: Exchange, { terms }: ResolvedContext, { datasetIds }: Projection) {
  const { parameters, mediaType } = exchange
  const name = text(parameters, 'geometryProperty')
  if (mediaType !== GEO_JSON) {
    if (name === undefined) return undefined
    throw badRequest('geometryProperty is for GeoJSON; send Accept: application/geo+json', 'geometryProperty')
  }
  const [property = ''] = attributeNames(exchange, [name ?? 'location'], 'geometryProperty', terms)
  return { property, datasetIds: datasetIds ?? [undefined] }
}
