import { describe, expect, it } from 'vitest'
import type { AttributeInstance, Entity } from '../model/entity.ts'
import { inTime } from './late.ts'

const THEN = Date.UTC(2026, 0, 1)
const NOW = THEN + 5_000
const rules = { late: () => true, repeated: () => true }

const level = (
  value: number,
  second: number | undefined,
  modifiedAt = THEN,
  more: Partial<AttributeInstance> = {},
): AttributeInstance => ({
  ...{ type: 'Property', value, createdAt: THEN, modifiedAt, ...more },
  ...(second !== undefined && { observedAt: `2026-01-01T00:00:${String(second).padStart(2, '0')}Z` }),
})
const tank = (attributes: Entity['attributes'], modifiedAt = THEN): Entity => ({
  ...{ id: 'urn:x:1', types: ['Tank'], createdAt: THEN, modifiedAt, attributes },
})

describe('a message of a device', () => {
  it('that is older than what is stored goes into the evolution only', () => {
    const before = tank({ level: [level(5, 30)], m: [level(1, 10)] })
    const after = tank({ level: [level(4, 20, NOW)], m: before.attributes.m ?? [] }, NOW)
    const { entity, additions } = inTime(before, after, NOW, rules)
    expect(entity).toBe(before)
    expect(additions).toEqual([{ attribute: 'level', instance: level(4, 20, NOW, { createdAt: NOW }) }])
  })

  it('changes what is newer beside what is late', () => {
    const before = tank({ level: [level(5, 30)], m: [level(1, 10)] })
    const after = tank({ level: [level(4, 20, NOW)], m: [level(2, 20, NOW)] }, NOW)
    const { entity, additions } = inTime(before, after, NOW, rules)
    expect(entity).toEqual({ ...after, attributes: { level: [level(5, 30)], m: [level(2, 20, NOW)] } })
    expect(additions).toHaveLength(1)
  })

  it('that is repeated changes nothing, its parts in whatever order', () => {
    const sub = { a: [level(1, undefined)], b: [level(2, 3)] }
    const before = tank({ level: [level(5, 30, THEN, { unitCode: 'CEL', attributes: sub })] })
    const again = level(5, 30, NOW, {
      attributes: { b: [level(2, 3, NOW)], a: [level(1, undefined, NOW)] },
      unitCode: 'CEL',
    })
    expect(inTime(before, tank({ level: [again] }, NOW), NOW, rules)).toEqual({ entity: before, additions: [] })
    const other = { ...again, unitCode: 'FAR' }
    expect(inTime(before, tank({ level: [other] }, NOW), NOW, rules).entity.attributes.level).toEqual([other])
  })

  it('is compared with its own dataset, and with nothing where one of the two has no time', () => {
    const before = tank({ level: [level(5, 30), level(6, 10, THEN, { datasetId: 'urn:d' })] })
    const after = tank({ level: [level(7, undefined, NOW), level(8, 20, NOW, { datasetId: 'urn:d' })] }, NOW)
    expect(inTime(before, after, NOW, rules)).toEqual({ entity: after, additions: [] })
  })

  it('counts as every other where no rule is for its type, and where it also changes something else', () => {
    const before = tank({ level: [level(5, 30)] })
    const after = { ...tank({ level: [level(4, 20, NOW)] }, NOW), scopes: ['/a'] }
    const none = { late: () => false, repeated: () => false }
    expect(inTime(before, after, NOW, none)).toEqual({ entity: after, additions: [] })
    const { entity } = inTime(before, after, NOW, rules)
    expect(entity).toEqual({ ...after, attributes: before.attributes })
  })
})
