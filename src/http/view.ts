/** How entities are to be shown to this client: representation, projection, language, version, media type. */

import type { TermTable } from '../core/jsonld/terms.ts'
import type { Entity } from '../core/model/entity.ts'
import { badRequest, Problem } from '../core/model/problems.ts'
import { isUri } from '../core/model/uri.ts'
import { type ProjectionTerm, parseProjectionTerms, projectionDepth } from '../core/query/parse-projection.ts'
import { createProjection, isPicked, type Projection, project } from '../core/query/projection.ts'
import { CURRENT_VERSION, downgrade, showVersion, type Version } from '../core/representation/downgrade.ts'
import { type LanguagePreference, parseLanguageFilter } from '../core/representation/language-filter.ts'
import type { Format, Members } from '../core/representation/render-attribute.ts'
import { type EntityRenderOptions, renderEntity, renderFeature } from '../core/representation/render-entity.ts'
import { inlineLinked, type ShowLinked } from '../core/representation/render-linked.ts'
import type { ResolvedContext } from '../ports/contexts.ts'
import { attributeNames, attributeNaming, type Exchange, list, selectors, text } from './exchange.ts'
import { checkJoinLevel, type Join, joinOf } from './join.ts'
import { GEO_JSON, type MediaType } from './negotiation.ts'
import { parsePrefer } from './prefer.ts'

/** An entity as it is shown; `altered`: to conform to an earlier version (4.3.6.8). */
export interface Rendered {
  readonly json: Members
  readonly altered: boolean
}

export interface View {
  readonly mediaType: MediaType
  readonly context: ResolvedContext
  /** GeoJSON only: whether the @context stands in the body or in a Link header (6.3.6). */
  readonly contextInBody: boolean
  /** The version that the client prefers; undefined where it has no wish. */
  readonly version: Version | undefined
  /** Attributes of which the entity must have one (attrs). */
  readonly attributes: readonly string[] | undefined
  readonly join: Join
  /** Of the entities that were asked for. */
  readonly projection: Projection
  /** An entity of an answer, in GeoJSON a Feature: by a projection, and with what `show` gives in its Relationships. */
  render(entity: Entity, projection?: Projection, show?: ShowLinked): Rendered
  /** As {@link render}, but never a Feature. */
  represent(entity: Entity, projection: Projection, show?: ShowLinked): Rendered
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
  const version = prefer.version === undefined ? undefined : Math.min(prefer.version, CURRENT_VERSION)
  const represent = representing(exchange, context, own, version)
  return {
    mediaType,
    context,
    contextInBody: mediaType === GEO_JSON && !prefer.bodyIsJson,
    version,
    attributes,
    join,
    projection: own,
    render: (entity, projection = own, show) => {
      const represented = represent(entity, projection, show)
      return geometry === undefined
        ? represented
        : { json: renderFeature(represented.json, entity, geometry), altered: represented.altered }
    },
    represent,
  }
}

function representing(
  exchange: Exchange,
  { terms }: ResolvedContext,
  own: Projection,
  version: Version | undefined,
): View['represent'] {
  const ownOptions = renderOptionsOf(exchange, terms, own)
  const to = version === undefined ? undefined : { version, terms, inOneLanguage: ownOptions.lang !== undefined }
  return (whole, projection, show) => {
    const projected = project(whole, projection)
    const entity = to === undefined ? projected : downgrade(projected, to)
    const options = projection === own ? ownOptions : { ...ownOptions, members: membersOf(projection) }
    const json = renderEntity(entity, options)
    if (show !== undefined) inlineLinked(json, entity, options, show)
    return { json, altered: entity !== projected }
  }
}

/** 4.3.6.8: the version that a response conforms to, for Preference-Applied. */
export function appliedVersion({ version }: View): string | undefined {
  return version === undefined ? undefined : `ngsi-ld=${showVersion(version)}`
}

/** 4.21 and, deprecated, attrs: "A synonym for the pick parameter, except that id, type, scope are not allowed." */
function projectionOf(
  exchange: Exchange,
  context: ResolvedContext,
  join: Join,
  attributes: readonly string[] | undefined,
): Projection {
  const pick = termsOf(exchange, context, join, 'pick')
  const omit = termsOf(exchange, context, join, 'omit')
  if (attributes !== undefined && (pick ?? omit) !== undefined) {
    throw badRequest('attrs together with pick or omit; attrs is deprecated: use pick and omit alone', 'attrs')
  }
  const attrs = attributes && ['id', 'type', 'scope', ...attributes].map((member) => ({ member }))
  return createProjection(pick ?? attrs, omit, selectors(exchange, 'datasetId')?.map(datasetIdOf))
}

function termsOf(
  exchange: Exchange,
  { terms }: ResolvedContext,
  { kind, level }: Join,
  parameter: 'pick' | 'omit',
): readonly ProjectionTerm[] | undefined {
  const { parameters, api } = exchange
  const sent = list(parameters, parameter)?.join(',')
  if (sent === undefined) return undefined
  const limits = { terms: api.limits.selection, depth: api.limits.query.depth }
  const members = parseProjectionTerms(sent, parameter, attributeNaming(exchange, parameter, terms), limits)
  const depth = projectionDepth(members)
  if (depth <= level) return members
  // 5.7.1.4: "If projection attributes are present and indicate the use of Linked Entity retrieval and the use of Linked
  // Entity retrieval is not specified, or the projected attribute depth exceeds the Linked Entity retrieval depth …"
  throw badRequest(
    kind === 'none'
      ? 'names members of linked entities in braces; this needs their retrieval: add join=inline or join=flat'
      : `the braces follow ${depth} Relationships, joinLevel is ${level}; raise it, or follow fewer`,
    parameter,
  )
}

function datasetIdOf(id: string): string | undefined {
  if (id === '@none') return undefined
  if (isUri(id)) return id
  throw badRequest(`"${id}" is no URI, nor "@none" for the default instance`, 'datasetId')
}

function renderOptionsOf(exchange: Exchange, terms: TermTable, projection: Projection): EntityRenderOptions {
  const { parameters } = exchange
  const lang = languageOf(exchange)
  const narrowed = projection.pick !== undefined || projection.omit !== undefined
  return {
    format: formatOf(exchange),
    sysAttrs: list(parameters, 'options')?.includes('sysAttrs') ?? false,
    terms,
    ...(lang !== undefined && { lang }),
    ...(narrowed && { members: membersOf(projection) }),
  }
}

function membersOf(projection: Projection): (member: string) => boolean {
  return (member) => isPicked(projection, member)
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

function languageOf({ parameters }: Exchange): LanguagePreference | undefined {
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
