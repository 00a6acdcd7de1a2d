import { describe, expect, it } from 'vitest'
import { nearestName } from './nearest-name.ts'

describe('nearestName', () => {
  const names = ['type', 'id', 'attrs', 'limit', 'offset', 'geometryProperty']

  it.each([
    ['tpye', 'type'],
    ['Type', 'type'],
    ['types', 'type'],
    ['limits', 'limit'],
    ['ofset', 'offset'],
    ['geometryproperty', 'geometryProperty'],
    ['geomtryProperti', 'geometryProperty'],
  ])('%s is %s', (written, meant) => {
    expect(nearestName(written, names)).toBe(meant)
  })

  it.each(['x', 'xy', '', 'foo', 'entities', 'i'.repeat(5000)])('%s is none of them', (written) => {
    expect(nearestName(written, names)).toBeUndefined()
  })
})
