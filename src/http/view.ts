/** How entities are to be shown to this client: representation, projection, language, version, media type. */

import type { Entity, Json } from '../core/model/entity.ts'
import { badRequest, Problem } from '../core/model/problems.ts'
import { isUri } from '../core/model/uri.ts'
import { parseProjection } from '../core/query/parse-projection.ts'
import { isPicked, type Projection, project } from '../core/query/projection.ts'
import { CURRENT_VERSION, downgrade, showVersion, type Version } from '../core/representation/downgrade.ts'
import { type LanguagePreference, parseLanguageFilter } from '../core/representation/language-filter.ts'
import type { Format } from '../core/representation/render-attribute.ts'
import { type EntityRenderOptions, renderEntity, renderFeature } from '../core/representation/render-entity.ts'
import type { ResolvedContext } from '../ports/contexts.ts'
import { attributeNames, attributeNaming, type Exchange, list, selectors, text } from './exchange.ts'
import { GEO_JSON, type MediaType } from './negotiation.ts'
import { parsePrefer } from './prefer.ts'

export interface View {
  readonly mediaType: MediaType
  readonly context: ResolvedContext
  /** GeoJSON only: whether the @context stands in the body or in a Link header (6.3.6). */
  readonly contextInBody: boolean
  /** The version that the client prefers; undefined where it has no wish. */
  readonly version: Version | undefined
  /** Attributes of which the entity must have one (attrs). */
  readonly attributes: readonly string[] | undefined
  render(entity: Entity): { readonly json: Record<string, Json>; readonly altered: boolean }
}

/** Throws BadRequestData where parameters contradict each other or the media type. */
export function viewOf(exchange: Exchange, context: ResolvedContext): View {
  const { ctx, mediaType } = exchange
  const prefer = parsePrefer(ctx.get('Prefer'))
  const attrs = selectors(exchange, 'attrs')
  const attributes = attrs && attributeNames(exchange, attrs, 'attrs', context.terms)
  const projection = projectionOf(exchange, context, attributes)
  const options = renderOptionsOf(exchange, context, projection)
  const geometry = geometryOf(exchange, context, projection)
  const version = prefer.version === undefined ? undefined : Math.min(prefer.version, CURRENT_VERSION)
  return {
    mediaType,
    context,
    contextInBody: mediaType === GEO_JSON && !prefer.bodyIsJson,
    version,
    attributes,
    render: (whole) => {
      const projected = project(whole, projection)
      const entity =
        version === undefined
          ? projected
          : downgrade(projected, { version, terms: context.terms, inOneLanguage: options.lang !== undefined })
      const json =
        geometry === undefined ? renderEntity(entity, options) : renderFeature(entity, whole, geometry, options)
      return { json, altered: entity !== projected }
    },
  }
}

/** 4.3.6.8: the version that a response conforms to, for Preference-Applied. */
export function appliedVersion({ version }: View): string | undefined {
  return version === undefined ? undefined : `ngsi-ld=${showVersion(version)}`
}

/** 4.21 and, deprecated, attrs: "A synonym for the pick parameter, except that id, type, scope are not allowed." */
function projectionOf(
  exchange: Exchange,
  { terms }: ResolvedContext,
  attributes: readonly string[] | undefined,
): Projection {
  const { parameters } = exchange
  const pick = list(parameters, 'pick')?.join(',')
  const omit = list(parameters, 'omit')?.join(',')
  if (attributes !== undefined && (pick ?? omit) !== undefined) {
    throw badRequest('attrs together with pick or omit; attrs is deprecated: use pick and omit alone', 'attrs')
  }
  const picked =
    pick === undefined
      ? attributes && new Set(['id', 'type', 'scope', ...attributes])
      : parseProjection(pick, 'pick', attributeNaming(exchange, 'pick', terms))
  const omitted =
    omit === undefined ? undefined : parseProjection(omit, 'omit', attributeNaming(exchange, 'omit', terms))
  const both = [...(omitted ?? [])].find((member) => picked?.has(member))
  if (both !== undefined) throw badRequest(`${both} stands in pick and in omit`, 'omit')
  const datasetIds = list(parameters, 'datasetId')?.map(datasetIdOf)
  return {
    ...(picked && { pick: picked }),
    ...(omitted && { omit: omitted }),
    ...(datasetIds && { datasetIds }),
  }
}

function datasetIdOf(id: string): string | undefined {
  if (id === '@none') return undefined
  if (isUri(id)) return id
  throw badRequest(`"${id}" is no URI, nor "@none" for the default instance`, 'datasetId')
}

function renderOptionsOf(exchange: Exchange, { terms }: ResolvedContext, projection: Projection): EntityRenderOptions {
  const { parameters } = exchange
  const lang = languageOf(exchange)
  const narrowed = projection.pick !== undefined || projection.omit !== undefined
  return {
    format: formatOf(exchange),
    sysAttrs: list(parameters, 'options')?.includes('sysAttrs') ?? false,
    terms,
    ...(lang !== undefined && { lang }),
    ...(narrowed && { members: (member: string) => isPicked(projection, member) }),
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
