/** Entities → the representations that clients ask for (4.5.1, 4.5.4, 4.5.16, 4.5.17). */

import { isDeleted } from '../model/deleted.ts'
import type { Entity, Json } from '../model/entity.ts'
import { instanceOf } from '../model/instances.ts'
import { type Members, oneOrMany, type RenderOptions, renderAttributes, renderSystemTimes } from './render-attribute.ts'
import { renderDeletion } from './render-changes.ts'

/** Which of the non-reified members are in the answer; all where absent (4.21: pick and omit). */
type MemberFilter = (member: 'id' | 'type' | 'scope') => boolean

/** As {@link RenderOptions}, with a projection of what is not reified. */
export interface EntityRenderOptions extends RenderOptions {
  readonly members?: MemberFilter
}

/** 4.5.1, 4.5.4: an Entity without @context. */
export function renderEntity(entity: Entity, options: EntityRenderOptions): Members {
  const { members, terms } = options
  const into: Members = {}
  if (members === undefined || members('id')) into.id = entity.id
  if (members === undefined || members('type')) into.type = oneOrMany(entity.types.map((type) => terms.compact(type)))
  if (entity.scopes !== undefined && (members === undefined || members('scope'))) into.scope = oneOrMany(entity.scopes)
  if (options.sysAttrs) renderSystemTimes(entity, into)
  renderDeletion(options.changes?.deletedAt, into)
  renderAttributes(entity.attributes, options, into)
  return into
}

/** Where the geometry of a Feature is taken from. */
export interface FeatureGeometry {
  /** IRI of the GeoProperty that gives the "geometry". */
  readonly property: string
  /** Which of its instances: those of the request's datasetId; the default one where absent. */
  readonly datasetIds: readonly (string | undefined)[]
}

/**
 * 4.5.16.2, 4.5.17.1: a GeoJSON Feature of an entity that is represented already. `whole` is the entity before any
 * projection: the geometry is taken from it.
 */
export function renderFeature(represented: Members, whole: Entity, geometry: FeatureGeometry): Members {
  const { id: _, ...properties } = represented
  return { id: whole.id, type: 'Feature', geometry: geometryOf(whole, geometry), properties }
}

/** 4.5.16.3 */
export function renderFeatureCollection(features: readonly Json[]): Members {
  return { type: 'FeatureCollection', features }
}

/** 4.5.16.1: "If an entity lacks the GeoProperty … the geometry shall be undefined and returned with a value of null". */
function geometryOf(entity: Entity, { property, datasetIds }: FeatureGeometry): Json {
  for (const datasetId of datasetIds) {
    const instance = instanceOf(entity.attributes, property, datasetId)
    if (instance?.type === 'GeoProperty' && !isDeleted(instance)) return instance.value
  }
  return null
}
