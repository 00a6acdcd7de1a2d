/** What a change did to the Attributes of an Entity, as far as subscribers are concerned (5.8.6). */

import type { EntityChange } from '../model/change.ts'
import type { AttributeInstance, Attributes, Json } from '../model/entity.ts'
import { ExactNumber, sameDecimal } from '../model/exact-number.ts'
import { instanceOf } from '../model/instances.ts'
import { isObject } from '../model/json-object.ts'

/** Attributes by their IRIs. One of which several instances changed may be in more than one list. */
export interface WhatChanged {
  readonly attributeCreated: ReadonlySet<string>
  readonly attributeUpdated: ReadonlySet<string>
  readonly attributeDeleted: ReadonlySet<string>
}

/**
 * "An Attribute is considered to change when any of the members (including children) in its corresponding JSON-LD node is
 * updated with a value different than the existing one": so the same value sent again is no change, and times that the
 * system gives (4.8) are none either. An instance with a datasetId of its own is created and deleted like an Attribute.
 */
export function whatChanged({ before, after }: Pick<EntityChange, 'before' | 'after'>): WhatChanged {
  const created = new Set<string>()
  const updated = new Set<string>()
  const deleted = new Set<string>()
  const was = before?.attributes ?? {}
  const is = after?.attributes ?? {}
  for (const name in is) {
    if (was[name] === is[name]) continue
    for (const instance of is[name] ?? []) {
      const earlier = instanceOf(was, name, instance.datasetId)
      if (earlier === undefined) created.add(name)
      else if (!isSameInstance(earlier, instance)) updated.add(name)
    }
  }
  for (const name in was) {
    if (was[name] === is[name]) continue
    if (was[name]?.some(({ datasetId }) => instanceOf(is, name, datasetId) === undefined)) deleted.add(name)
  }
  return { attributeCreated: created, attributeUpdated: updated, attributeDeleted: deleted }
}

const SYSTEM_TIMES: ReadonlySet<string> = new Set(['createdAt', 'modifiedAt'])

/** Whether two instances differ in nothing but when they were made and changed. */
export function isSameInstance(a: AttributeInstance, b: AttributeInstance): boolean {
  if (a === b) return true
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  for (const name of names) {
    if (SYSTEM_TIMES.has(name) || name === 'attributes') continue
    if (!isSameJson(memberOf(a, name), memberOf(b, name))) return false
  }
  return areSameAttributes(a.attributes ?? {}, b.attributes ?? {})
}

function memberOf(instance: AttributeInstance, name: string): Json | undefined {
  return instance[name as Exclude<keyof AttributeInstance, 'attributes'>]
}

function areSameAttributes(a: Attributes, b: Attributes): boolean {
  if (a === b) return true
  const names = Object.keys(a)
  if (names.length !== Object.keys(b).length) return false
  return names.every((name) => {
    const [ours = [], others] = [a[name], b[name]]
    if (others === undefined || ours.length !== others.length) return false
    return ours.every((instance) => {
      const other = others.find(({ datasetId }) => datasetId === instance.datasetId)
      return other !== undefined && isSameInstance(instance, other)
    })
  })
}

/** Members of objects have no order, numbers are what they are worth. */
function isSameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (a instanceof ExactNumber || b instanceof ExactNumber) {
    return a instanceof ExactNumber && b instanceof ExactNumber && sameDecimal(a.text, b.text)
  }
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item: Json, i) => isSameJson(item, b[i]))
  }
  if (!isObject(a) || !isObject(b)) return false
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isSameJson(a[name], b[name]))
  )
}
