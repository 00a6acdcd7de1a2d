import { describe, expect, it } from 'vitest'
import { forTypes, parseRecordingRule, recordedBy, typeNamed } from './recording-rules.ts'

const own = (name: string) => `https://uri.etsi.org/ngsi-ld/default-context/${name}`

describe('rules of what is recorded', () => {
  const recorded = recordedBy(['-Bus speed', 'Bus', '-https://example.org/Tram', '-* location'].map(parseRecordingRule))

  it.each([
    [[own('Bus')], own('speed'), false],
    [[own('Bus')], own('line'), true],
    [[own('Bus'), 'https://example.org/Tram'], own('line'), true],
    [['https://example.org/Tram'], own('line'), false],
    [[own('Tram')], own('line'), true],
    [[own('Tram')], 'https://uri.etsi.org/ngsi-ld/location', false],
  ])('%j, %s: %s', (types, attribute, is) => {
    expect(recorded(types, attribute)).toBe(is)
  })

  it('say whether any Attribute of a type has one', () => {
    const ofAny = recordedBy(['-Tram', '-Bus speed', 'Bike *', '-Bike', 'Car speed', '-Car'].map(parseRecordingRule))
    expect(['Tram', 'Bus', 'Bike', 'Car', 'Other'].map((type) => ofAny([own(type)]))).toEqual([
      ...[false, true, true, true, true],
    ])
  })

  it('are none: all is', () => {
    expect(recordedBy([])([own('X')], own('y'))).toBe(true)
    expect(recordedBy([parseRecordingRule('-*')])([own('X')], own('y'))).toBe(false)
  })

  it('are "all", or "none"', () => {
    expect(recordedBy([parseRecordingRule('all')])([own('X')], own('y'))).toBe(true)
    expect(recordedBy([parseRecordingRule('none')])([own('X')], own('y'))).toBe(false)
  })

  it.each(['', '-', 'a b c'])('"%s" is none', (text) => {
    expect(() => parseRecordingRule(text)).toThrow('is no rule')
  })

  it.each(['-Bus/speed', 'Bus -speed', '5', 'Bus,Tram'])('%s names what nothing can be called', (text) => {
    expect(() => parseRecordingRule(text)).toThrow('names nothing')
  })

  it('types are named in the same way', () => {
    expect(forTypes([])([own('X')])).toBe(false)
    expect(forTypes(['*'])([own('X')])).toBe(true)
    expect(forTypes(['X', 'https://example.org/Y'])([own('X')])).toBe(true)
    expect(forTypes(['X', 'https://example.org/Y'])([own('Y')])).toBe(false)
    expect(typeNamed('X')).toBe(own('X'))
    expect(typeNamed('https://example.org/Y')).toBe('https://example.org/Y')
  })
})
