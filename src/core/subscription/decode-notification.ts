/** How a Subscription wants to be told (5.2.14): JSON → representation. */

import type { Json, JsonObject } from '../model/entity.ts'
import { badRequest, Problem } from '../model/problems.ts'
import { isUri } from '../model/uri.ts'
import {
  attributesAsPick,
  type ProjectionTerm,
  parseProjectionTerms,
  projectionDepth,
} from '../query/parse-projection.ts'
import { createProjection } from '../query/projection.ts'
import { attributeName } from '../representation/attribute-name.ts'
import { CURRENT_VERSION, FIRST_VERSION, parseVersion, showVersion } from '../representation/downgrade.ts'
import { parseLanguageFilter } from '../representation/language-filter.ts'
import { checkWidth, decodeAttributes, type SubscriptionNaming } from './decode-condition.ts'
import type { Representation } from './subscription.ts'

const FORMATS = {
  normalized: 'normalized',
  concise: 'concise',
  simplified: 'simplified',
  keyValues: 'simplified',
} as const

/** `notification`: the member of that name. Throws BadRequestData with a JSON pointer, TooComplexQuery. */
export function decodeRepresentation(
  json: JsonObject,
  notification: JsonObject,
  naming: SubscriptionNaming,
): Representation {
  const format = FORMATS[(notification.format ?? 'normalized') as keyof typeof FORMATS]
  const showChanges = notification.showChanges === true
  // Table 5.2.14.1-1: "showChanges cannot be true in case format is "keyValues"".
  if (showChanges && format === 'simplified') {
    throw badRequest(
      'needs another format than simplified, which has no room for previous values',
      '/notification/showChanges',
    )
  }
  const join = decodeJoin(notification, naming)
  const projection = decodeProjection(notification, join.level, naming)
  const datasetIds = decodeDatasetIds(json.datasetId, naming)
  const { lang, ngsildConformance } = json
  return {
    ...{ format, showChanges, join, sysAttrs: notification.sysAttrs === true },
    ...projection,
    ...(datasetIds !== undefined && { datasetIds }),
    ...(typeof lang === 'string' && { lang: checkLanguage(lang) }),
    ...(typeof ngsildConformance === 'string' && { ngsildConformance: checkVersion(ngsildConformance) }),
  }
}

/** Table 5.2.14.1-1: "Only applicable if join parameter is "flat", or "inline"." */
function decodeJoin({ join, joinLevel }: JsonObject, { limits }: SubscriptionNaming): Representation['join'] {
  if (join !== 'flat' && join !== 'inline') {
    if (joinLevel === undefined) return { kind: 'none', level: 0 }
    throw badRequest('goes together with "join": "inline" or "join": "flat"', '/notification/joinLevel')
  }
  const level = Number(joinLevel ?? 1)
  if (level > limits.joinLevel) {
    throw badRequest(
      `linked entities are followed ${limits.joinLevel} times at most (BOYA_MAX_JOIN_LEVEL)`,
      '/notification/joinLevel',
    )
  }
  return { kind: join, level }
}

type Projected = Pick<Representation, 'pick' | 'omit'>

/** "A synonym for pick, except that id, type, scope are not allowed. Deprecated". */
function decodeProjection(
  { attributes, pick, omit }: JsonObject,
  level: number,
  naming: SubscriptionNaming,
): Projected {
  if (attributes !== undefined && (pick ?? omit) !== undefined) {
    throw badRequest(
      'stands together with pick or omit; attributes is deprecated: use pick and omit alone',
      '/notification/attributes',
    )
  }
  const names = attributes === undefined ? undefined : decodeAttributes(attributes, '/notification/attributes', naming)
  const attrs = names && attributesAsPick(names)
  const picked = decodeTerms(pick, 'pick', level, naming) ?? attrs
  const omitted = decodeTerms(omit, 'omit', level, naming)
  pointing(() => createProjection(picked, omitted))
  return { ...(picked && { pick: picked }), ...(omitted && { omit: omitted }) }
}

/** Throws where a member stands in both, at what of it is a parameter elsewhere. */
function pointing(check: () => unknown): void {
  try {
    check()
  } catch (error) {
    throw error instanceof Problem ? new Problem(error.kind, error.detail, `/notification/${error.at}`) : error
  }
}

function decodeTerms(
  json: Json | undefined,
  member: 'pick' | 'omit',
  level: number,
  naming: SubscriptionNaming,
): readonly ProjectionTerm[] | undefined {
  if (json === undefined) return undefined
  const at = `/notification/${member}`
  const { selection, query } = naming.limits
  const expand = (name: string): string => attributeName(name, { parameter: at }, naming)
  const terms = parseProjectionTerms((json as readonly string[]).join(','), at, expand, {
    terms: selection,
    depth: query.depth,
  })
  if (projectionDepth(terms) <= level) return terms
  throw badRequest('names members of linked entities in braces, further away than join and joinLevel lead', at)
}

/** 4.5.5 */
function decodeDatasetIds(json: Json | undefined, naming: SubscriptionNaming): Representation['datasetIds'] {
  if (json === undefined) return undefined
  const ids = json as readonly string[]
  checkWidth(ids, '/datasetId', naming)
  return ids.map((id, i) => {
    if (id === '@none') return null
    if (isUri(id)) return id
    throw badRequest(`"${id}" is no URI, nor "@none" for the default instance`, `/datasetId/${i}`)
  })
}

function checkLanguage(lang: string): string {
  if (parseLanguageFilter(lang) !== undefined) return lang
  throw badRequest(`"${lang}" is no language filter; it looks like fr-CH,fr;q=0.9,*;q=0.5`, '/lang')
}

/** Table 5.2.12-1: "in the form major.minor, which conforms to a version of the NGSI-LD specification"; none that is to come. */
function checkVersion(text: string): string {
  const version = parseVersion(text) ?? 0
  const isKnown = version >= FIRST_VERSION && version <= CURRENT_VERSION
  if (isKnown && showVersion(version) === text) return text
  const known = `${showVersion(FIRST_VERSION)} to ${showVersion(CURRENT_VERSION)}`
  const meant = isKnown ? showVersion(version) : '1.6'
  throw badRequest(
    `"${text}" is no version of the standard that entities are converted to: these are ${known}; for example "${meant}"`,
    '/ngsildConformance',
  )
}
