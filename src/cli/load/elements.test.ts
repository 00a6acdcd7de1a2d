import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { elementsOf } from './elements.ts'

async function read(text: string | Buffer, chunkSize = 1_000_000): Promise<{ line: number; text: string }[]> {
  const bytes = Buffer.from(text)
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunkSize) yield bytes.subarray(at, at + chunkSize)
  }
  const found: { line: number; text: string }[] = []
  for await (const elements of elementsOf(chunks())) {
    for (const { line, bytes: element } of elements) found.push({ line, text: element.toString() })
  }
  return found
}

const texts = async (text: string, chunkSize?: number) => (await read(text, chunkSize)).map((each) => each.text)

describe('NDJSON', () => {
  it('is a line each, blank ones left out, numbered as in the file', async () => {
    expect(await read('{"a":1}\n\n \r\n{"a":2}\r\n{"a":3}')).toEqual([
      { line: 1, text: '{"a":1}' },
      { line: 4, text: '{"a":2}\r' },
      { line: 5, text: '{"a":3}' },
    ])
  })
  it('loses no more than a damaged line', async () => {
    expect(await texts('{"a": "cut\n{"a":2}\n}{\n{"a":3}\n')).toEqual(['{"a": "cut', '{"a":2}', '}{', '{"a":3}'])
  })
})

describe('a JSON array', () => {
  it('is its elements as they were written, numbered by their first line', async () => {
    const text =
      ' [\n {"a": 1.10, "b": [1, {"c": "]}\\"\\\\"}]},\n\n  {"é": 12345678901234567890.0\n}\n , [] , "x,]" , -1e5,null]\n'
    expect(await read(text)).toEqual([
      { line: 2, text: '{"a": 1.10, "b": [1, {"c": "]}\\"\\\\"}]}' },
      { line: 4, text: '{"é": 12345678901234567890.0\n}' },
      { line: 6, text: '[]' },
      { line: 6, text: '"x,]"' },
      { line: 6, text: '-1e5' },
      { line: 6, text: 'null' },
    ])
  })
  it('may be long, and all of it on one line', async () => {
    const elements = Array.from({ length: 50_000 }, (_, i) => `{"id":"urn:ngsi-ld:Bench:${i}"}`)
    expect(await texts(`[${elements.join(',')}]`, 65_536)).toEqual(elements)
  })
  it('may be empty, and may be followed by another', async () => {
    expect(await texts('[]')).toEqual([])
    expect(await texts('[{"a":1}]\n[{"a":2},{"a":3}]\n')).toEqual(['{"a":1}', '{"a":2}', '{"a":3}'])
  })
  it.each([
    ['[{"a":1} {"a":2}]', /line 1: found "{" where , or \] was expected/],
    ['[{"a":1},\n]', /line 2: found "\]" where element was expected/],
    ['[,1]', /found ","/],
    ['[{"a":1}', /before its array does/],
    ['[\n{"a":"', /ends within what begins in line 2/],
  ])('%j is not gone on with', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message)
  })
})

describe('a single document', () => {
  it('may stand on many lines', async () => {
    const text = '{\n  "id": "urn:a",\n  "list": [\n    {"x": 1}\n  ]\n}\n'
    expect(await texts(text)).toEqual([text.trim()])
  })
  it('may begin with a byte order mark', async () => {
    expect(await texts('\uFEFF{"a":1}')).toEqual(['{"a":1}'])
    expect(await texts('\uFEFF[\n{"a":1}]', 1)).toEqual(['{"a":1}'])
  })
  it('is nothing in an empty file', async () => expect(await texts(' \n ')).toEqual([]))
})

describe('other files', () => {
  it.each([
    [Buffer.from([0x1f, 0x8b, 8, 0]), /compressed.*gunzip/],
    [Buffer.from('\uFEFF{"a":1}', 'utf16le'), /UTF-16/],
    [Buffer.from('id;type\n1;Bench\n'), /neither JSON nor NDJSON: it begins with "id;type"/],
  ])('%j are named', async (bytes, message) => {
    await expect(read(bytes)).rejects.toThrow(message)
  })
})

it('finds the same elements in any array, written in any way and cut into chunks anywhere', async () => {
  const input = fc.tuple(fc.array(fc.jsonValue()), fc.integer({ min: 1, max: 40 }), fc.constantFrom(0, 2))
  await fc.assert(
    fc.asyncProperty(input, async ([values, chunkSize, indent]) => {
      const found = await texts(JSON.stringify(values, null, indent), chunkSize)
      expect(found.map((text) => JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(values)))
    }),
  )
})

it('finds the same lines however NDJSON is cut into chunks', async () => {
  const input = fc.tuple(fc.array(fc.dictionary(fc.string(), fc.jsonValue())), fc.integer({ min: 1, max: 40 }))
  await fc.assert(
    fc.asyncProperty(input, async ([values, chunkSize]) => {
      const lines = values.map((value) => JSON.stringify(value))
      expect(await texts(lines.join('\n'), chunkSize)).toEqual(lines)
    }),
  )
})
