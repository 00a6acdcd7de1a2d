/** What the scope was: "a temporal representation of a Property" (4.5.6), or as entities have it. */

import { type NewInstance, SCOPE } from '../history/past-instance.ts'
import type { Json } from '../model/entity.ts'
import { isObject } from '../model/json-object.ts'
import { show } from '../model/show.ts'
import { decodeScopes } from './decode-entity.ts'
import { decodeInstances, type InstanceDecoder } from './decode-instances.ts'
import { below, fault, type Path } from './path.ts'

/** A scope as entities have it is one that holds from now on. Throws BadRequestData. */
export function decodeScope(json: Json, path: Path, decoder: InstanceDecoder): readonly NewInstance[] {
  const items: readonly Json[] = Array.isArray(json) ? json : [json]
  if (!items.some(isObject))
    return [{ type: 'Property', value: scopesIn(json, path, decoder), createdAt: 0, modifiedAt: 0 }]
  const other = items.findIndex((item) => !isObject(item))
  if (other !== -1) throw fault(below(path, other), `among the instances of the scope, found ${show(items[other])}`)
  return decodeInstances(SCOPE, json, path, decoder).map(([instance, at]) => scopeInstance(instance, at, decoder))
}

/** "that can only have the non-reified Temporal Properties createdAt, modifiedAt, deletedAt and observedAt as sub-Properties" */
function scopeInstance(instance: NewInstance, at: Path, decoder: InstanceDecoder): NewInstance {
  if (instance.type !== 'Property') throw fault(at, 'an instance of the scope is a Property (4.5.6)')
  if (Object.keys(instance).some((member) => !MEMBERS.has(member)))
    throw fault(at, 'an instance of the scope has nothing but its value and observedAt (4.5.6); leave the rest out')
  if (instance.deletedAt !== undefined) return instance
  return { ...instance, value: scopesIn(instance.value, below(at, 'value'), decoder) }
}

const MEMBERS = new Set(['type', 'value', 'observedAt', 'createdAt', 'modifiedAt', 'deletedAt'])

/** 4.18 */
function scopesIn(json: Json, path: Path, decoder: InstanceDecoder): readonly string[] {
  return decodeScopes(json, path, { ...decoder, nulls: false }) ?? []
}
