/** Linked entities of any graph, with loops and links to nothing, as a model of a few lines has them. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { casesOf, LONG } from '../support/long.ts'
import { brokerForFile, type Document, pathOf } from './client.ts'

const broker = brokerForFile()
const runs = LONG ? 1_000 : casesOf(80)

/** Nodes by number; those of `length` and more are linked to, but not stored. */
type Graph = readonly { readonly r: readonly number[]; readonly s: readonly number[] }[]

const targets = fc.uniqueArray(fc.nat(7), { maxLength: 3 })
const graphs: fc.Arbitrary<Graph> = fc.array(fc.record({ r: targets, s: targets }), { minLength: 1, maxLength: 6 })

/** What is picked; absent: all. */
interface Picked {
  readonly r?: Picked | 'all'
  readonly s?: Picked | 'all'
}
const projections: readonly (readonly [pick: string, picked: Picked | 'all'])[] = [
  ['', 'all'],
  ['&pick=id,r', { r: 'all' }],
  ['&pick=id,r{id,s},s', { r: { s: 'all' }, s: 'all' }],
  ['&pick=id,r{id,s{id,r}},s{id,s{id}}', { r: { s: { r: 'all' } }, s: { s: {} } }],
]

let graphsSent = 0
const idIn = (graph: number, node: number) => `urn:graph:${graph}:${node}`

async function store(graph: Graph): Promise<(node: number) => string> {
  const number = ++graphsSent
  const id = (node: number) => idIn(number, node)
  const entities = graph.map((_, node) => entityOf(graph, node, id))
  await broker.post('/entityOperations/create', entities).expect(201)
  return id
}

function entityOf(graph: Graph, node: number, id: (node: number) => string): Document {
  const links = Object.entries(graph[node] ?? {}).filter(([, nodes]) => nodes.length > 0)
  const relationships = links.map(([name, nodes]) => [name, { type: 'Relationship', object: nodes.map(id) }])
  return { id: id(node), type: 'Node', ...Object.fromEntries(relationships) }
}

interface Walk {
  readonly graph: Graph
  readonly level: number
  readonly id: (node: number) => string
}

function inlined(walk: Walk, path: readonly number[], picked: Picked | 'all'): Document {
  const { graph, level, id } = walk
  const node = path.at(-1) ?? 0
  const shown: Record<string, unknown> = { id: id(node), ...(picked === 'all' && { type: 'Node' }) }
  for (const name of ['r', 's'] as const) {
    const of = picked === 'all' ? 'all' : picked[name]
    const nodes = graph[node]?.[name] ?? []
    if (of === undefined || nodes.length === 0) continue
    const there = path.length > level ? [] : nodes.filter((next) => next < graph.length && !path.includes(next))
    const entity = there.map((next) => inlined(walk, [...path, next], of))
    shown[name] = { type: 'Relationship', object: nodes.map(id), ...(entity.length > 0 && { entity }) }
  }
  return shown
}

function flattened({ graph, level, id }: Walk, root: Picked | 'all'): readonly Document[] {
  const met = new Set([0])
  let steps: readonly (readonly [number, Picked | 'all'])[] = [[0, root]]
  const answer = [...steps]
  for (let depth = 0; depth < level; depth++) {
    steps = steps.flatMap(([node, picked]) =>
      (['r', 's'] as const).flatMap((name) => {
        const of = picked === 'all' ? 'all' : picked[name]
        if (of === undefined) return []
        const next = (graph[node]?.[name] ?? []).filter((each) => each < graph.length && !met.has(each))
        for (const each of next) met.add(each)
        return next.map((each) => [each, of] as const)
      }),
    )
    answer.push(...steps)
  }
  return answer.map(([node, picked]) => inlined({ graph, level: 0, id }, [node], picked))
}

const questions = fc.record({
  graph: graphs,
  joinLevel: fc.integer({ min: 1, max: 5 }),
  projection: fc.constantFrom(...projections),
})

describe('4.5.23: whatever is linked', () => {
  it('inline: nothing stands in itself, everything else where it is linked to', async () => {
    await fc.assert(
      fc.asyncProperty(questions, async ({ graph, joinLevel, projection: [pick, picked] }) => {
        const level = Math.max(joinLevel, depthOf(picked))
        const id = await store(graph)
        const body = await broker.entity(id(0), `join=inline&joinLevel=${level}${pick}`)
        expect(body).toEqual(inlined({ graph, level, id }, [0], picked))
      }),
      { numRuns: runs },
    )
  })

  it('flat: everything once, in the order in which it is met', async () => {
    await fc.assert(
      fc.asyncProperty(questions, async ({ graph, joinLevel, projection: [pick, picked] }) => {
        const level = Math.max(joinLevel, depthOf(picked))
        const id = await store(graph)
        const { body } = await broker.get(`${pathOf(id(0))}?join=flat&joinLevel=${level}${pick}`).expect(200)
        expect(new Set(body.map((each: Document) => each.id)).size).toBe(body.length)
        expect(body).toEqual(flattened({ graph, level, id }, picked))
      }),
      { numRuns: runs },
    )
  })
})

function depthOf(picked: Picked | 'all' | undefined): number {
  if (picked === undefined || picked === 'all') return 0
  return Math.max(0, ...[picked.r, picked.s].map((of) => (of === undefined || of === 'all' ? 0 : 1 + depthOf(of))))
}
