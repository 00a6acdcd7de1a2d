import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contactOf, edgesOf, visitPairs, visitPlace } from './geometry-edges.ts'

const degrees = fc.double({ min: -60, max: 60, noNaN: true })
/** Some of them short, some of them long. */
const edge = fc
  .tuple(degrees, degrees, degrees, degrees, fc.constantFrom(1, 1, 0.1, 0.01, 0))
  .map(([x, y, dx, dy, scale]) => [x, y, x + dx * scale, y + dy * scale])
const some = fc.array(edge, { minLength: 1, maxLength: 120 }).map((edges) => edgesOf(Float64Array.from(edges.flat())))

type Some = ReturnType<typeof edgesOf>

function boxesOverlap({ ends: a }: Some, i: number, { ends: b }: Some, j: number): boolean {
  const range = (ends: Float64Array, at: number) =>
    [ends[at] as number, ends[at + 2] as number].sort((p, q) => p - q) as [number, number]
  return [0, 1].every((axis) => {
    const [[from, to], [start, end]] = [range(a, 4 * i + axis), range(b, 4 * j + axis)]
    return from <= end && start <= to
  })
}

describe('a tree of edges', () => {
  it('has each edge once, with the number that it had', () => {
    fc.assert(
      fc.property(fc.array(edge, { minLength: 1, maxLength: 120 }), (sent) => {
        const { ends, numbers, count } = edgesOf(Float64Array.from(sent.flat()))
        expect(count).toBe(sent.length)
        expect([...numbers].sort((a, b) => a - b)).toEqual(sent.map((_, i) => i))
        for (const [i, number] of numbers.entries()) expect([...ends.subarray(4 * i, 4 * i + 4)]).toEqual(sent[number])
      }),
    )
  })

  it('finds all pairs whose boxes overlap, once each, and no others', () => {
    fc.assert(
      fc.property(some, some, (a, b) => {
        const found: string[] = []
        visitPairs(a, b, (i, j) => found.push(`${i} ${j}`) < 0)
        const all: string[] = []
        for (let i = 0; i < a.count; i++) {
          for (let j = 0; j < b.count; j++) if (boxesOverlap(a, i, b, j)) all.push(`${i} ${j}`)
        }
        expect(found.sort()).toEqual(all.sort())
      }),
    )
  })

  it('finds the pairs within itself', () => {
    fc.assert(
      fc.property(some, (a) => {
        const found: string[] = []
        visitPairs(a, a, (i, j) => found.push([i, j].sort((p, q) => p - q).join(' ')) < 0)
        const all: string[] = []
        for (let i = 0; i < a.count; i++) {
          for (let j = i + 1; j < a.count; j++) if (boxesOverlap(a, i, a, j)) all.push(`${i} ${j}`)
        }
        expect(found.sort()).toEqual(all.sort())
      }),
    )
  })

  it('finds the boxes that a place is in', () => {
    fc.assert(
      fc.property(some, degrees, degrees, (a, x, y) => {
        const found: number[] = []
        visitPlace(a, x, y, (number) => found.push(number) < 0)
        const place = edgesOf(Float64Array.of(x, y, x, y))
        const all = [...a.numbers].filter((_, i) => boxesOverlap(a, i, place, 0))
        expect(found.sort()).toEqual(all.sort())
      }),
    )
  })

  it('ends a search when it is told to', () => {
    const a = edgesOf(Float64Array.from(Array.from({ length: 100 }, () => [0, 0, 1, 1]).flat()))
    let visited = 0
    expect(visitPairs(a, a, () => ++visited === 3)).toBe(true)
    expect(visited).toBe(3)
  })
})

describe('two edges', () => {
  it.each([
    ['cross', [0, 0, 2, 2], [0, 2, 2, 0]],
    ['touch', [0, 0, 2, 2], [1, 1, 2, 0]],
    ['touch', [0, 0, 2, 0], [2, 0, 4, 0]],
    ['touch', [0, 0, 4, 0], [1, 0, 2, 0]],
    ['touch', [0, 0, 2, 2], [1, 1, 1, 1]],
    ['none', [0, 0, 2, 2], [3, 3, 4, 4]],
    ['none', [0, 0, 2, 2], [1, 1.5, 1, 1.5]],
    ['none', [0, 0, 2, 0], [0, 1, 2, 1]],
    ['none', [0, 0, 2, 0], [1, 0.1, 1, 2]],
  ])('%s: %j and %j', (contact, one, other) => {
    const [a, b] = [Float64Array.from(one), Float64Array.from(other)]
    expect(contactOf(a, 0, b, 0)).toBe(contact)
    expect(contactOf(b, 0, a, 0)).toBe(contact)
  })
})
