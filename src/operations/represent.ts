/** Entities as they are shown, by whatever asks for it: a request, or a Subscription (4.5, 4.15, 4.21, 4.3.6.8). */

import type { TermTable } from '../core/jsonld/terms.ts'
import type { Entity } from '../core/model/entity.ts'
import { isPicked, type Projection, project } from '../core/query/projection.ts'
import { type Downgrade, downgrade, downgradeAttributes, type Version } from '../core/representation/downgrade.ts'
import type { LanguagePreference } from '../core/representation/language-filter.ts'
import type { Format, Members } from '../core/representation/render-attribute.ts'
import type { Changes } from '../core/representation/render-changes.ts'
import {
  type EntityRenderOptions,
  type FeatureGeometry,
  renderEntity,
  renderFeature,
} from '../core/representation/render-entity.ts'
import { inlineLinked, type ShowLinked } from '../core/representation/render-linked.ts'

/** An entity as it is shown; `altered`: to conform to an earlier version (4.3.6.8). */
export interface Rendered {
  readonly json: Members
  readonly altered: boolean
}

/** How entities are to be shown. */
export interface Representation {
  readonly terms: TermTable
  readonly format: Format
  readonly sysAttrs: boolean
  readonly lang?: LanguagePreference
  /** Of the entities that were asked for. */
  readonly projection: Projection
  /** The version that is wished for; absent where there is no wish. */
  readonly version?: Version
  /** GeoJSON only: where the geometry of a Feature is taken from. */
  readonly geometry?: FeatureGeometry
}

export interface Representer {
  readonly projection: Projection
  /** An entity of an answer, in GeoJSON a Feature: by a projection, and with what `show` gives in its Relationships. */
  render(entity: Entity, projection?: Projection, show?: ShowLinked, changes?: Changes): Rendered
  /** As {@link render}, but never a Feature. */
  represent(entity: Entity, projection: Projection, show?: ShowLinked, changes?: Changes): Rendered
}

/** Shows entities in one way. */
export function createRepresenter(wanted: Representation): Representer {
  const { projection: own, geometry } = wanted
  const represent = representing(wanted)
  return {
    projection: own,
    render: (entity, projection = own, show, changes) => {
      const represented = represent(entity, projection, show, changes)
      return geometry === undefined
        ? represented
        : { json: renderFeature(represented.json, entity, geometry), altered: represented.altered }
    },
    represent,
  }
}

function representing(wanted: Representation): Representer['represent'] {
  const { projection: own, version, terms } = wanted
  const ownOptions = renderOptionsOf(wanted)
  const to = version === undefined ? undefined : { version, terms, inOneLanguage: wanted.lang !== undefined }
  return (whole, projection, show, changes) => {
    const projected = project(whole, projection)
    const entity = to === undefined ? projected : downgrade(projected, to)
    const options = projection === own ? ownOptions : { ...ownOptions, members: membersOf(projection) }
    const json = renderEntity(
      entity,
      changes === undefined ? options : { ...options, changes: changesFor(changes, to) },
    )
    if (show !== undefined) inlineLinked(json, entity, options, show)
    return { json, altered: entity !== projected }
  }
}

/** Since when there are previous values: a client of an earlier version would take them for sub-Attributes. */
const SINCE: Version = 106

function changesFor(changes: Changes, to: Downgrade | undefined): Changes {
  const { previous, ...rest } = changes
  if (to === undefined || previous === undefined) return changes
  return to.version < SINCE ? rest : { ...rest, previous: downgradeAttributes(previous, to) }
}

function renderOptionsOf({ terms, format, sysAttrs, lang, projection }: Representation): EntityRenderOptions {
  const narrowed = projection.pick !== undefined || projection.omit !== undefined
  return {
    ...{ format, sysAttrs, terms },
    ...(lang !== undefined && { lang }),
    ...(narrowed && { members: membersOf(projection) }),
  }
}

function membersOf(projection: Projection): (member: string) => boolean {
  return (member) => isPicked(projection, member)
}

/** Whether pick and omit leave no member: it is no Entity any more. */
export function isEmpty(json: object): boolean {
  for (const _member in json) return false
  return true
}
