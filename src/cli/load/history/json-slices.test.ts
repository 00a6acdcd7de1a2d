import fc from 'fast-check'
import { expect, it } from 'vitest'
import { elementsOfArray, membersOf } from './json-slices.ts'

it('are the members of an object, with all their digits', () => {
  const text = ' { "a" : 1.10 , "b\\"}\\u00e9":[ {"x":"]}\\\\"} , 2 ],"c":12345678901234567890.0,"a":null}'
  expect(membersOf(text)).toEqual([
    { name: 'a', text: '1.10' },
    { name: 'b"}é', text: '[ {"x":"]}\\\\"} , 2 ]' },
    { name: 'c', text: '12345678901234567890.0' },
    { name: 'a', text: 'null' },
  ])
  expect(membersOf('{ }')).toEqual([])
})

it('are the elements of an array', () => {
  expect(elementsOfArray('[ {"a":[1]}, "x,]" ,-1e5,\n[]]')).toEqual(['{"a":[1]}', '"x,]"', '-1e5', '[]'])
  expect(elementsOfArray('[\n]')).toEqual([])
})

const plain = fc.object({ maxDepth: 3, values: [fc.string(), fc.double(), fc.boolean(), fc.constant(null)] })

it('are together what the whole is, however it is indented', () => {
  fc.assert(
    fc.property(plain, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
      const object = JSON.parse(JSON.stringify(value))
      const text = JSON.stringify(object, undefined, indent)
      const members = membersOf(text).map((member) => [member.name, JSON.parse(member.text)] as const)
      expect(members).toEqual(Object.entries(object))
      const array = JSON.stringify(Object.values(object), undefined, indent)
      expect(elementsOfArray(array).map((element) => JSON.parse(element))).toEqual(JSON.parse(array))
    }),
  )
})
