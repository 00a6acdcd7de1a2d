import { describe, expect, it } from 'vitest'
import { brokerForFile, expectProblem, newId, pathOf } from './client.ts'

const counting = brokerForFile({ MAX_LINKED_ENTITIES: '150' })
const measuring = brokerForFile({ MAX_ENTITY_BYTES: '8KiB', MAX_PAGE_BYTES: '16KiB' })

const ids = (count: number, prefix: string) => Array.from({ length: count }, (_, i) => `urn:${prefix}:${i}`)
const tooMany = /more than 150 linked entities \(BOYA_MAX_LINKED_ENTITIES\); ask for fewer entities \(limit\)/
const tooLarge = /more than 16384 bytes together \(BOYA_MAX_PAGE_BYTES\)/

describe.each(['inline', 'flat'])('join=%s is bounded', (join) => {
  it('in look-ups, those of what is not there among them: TooManyResults', async () => {
    const [least, most] = [newId(), newId()]
    await counting.create(
      { id: least, type: 'Least', r: { object: ids(150, 'none') } },
      { id: most, type: 'Most', r: { object: ids(100, 'none') }, s: { object: ids(151, 'none') } },
    )
    await counting.get(`${pathOf(least)}?join=${join}`).expect(200)
    for (const path of [pathOf(most), '/entities']) {
      const response = await counting.get(`${path}?type=Most&join=${join}`)
      expectProblem(response, 403, 'TooManyResults', tooMany)
      expect(response.body.at).toBe('join')
    }
    await counting.get(`${pathOf(most)}?join=${join}&pick=r`).expect(200)
  })

  it('in look-ups of all levels together', async () => {
    const id = newId()
    const first = ids(75, `${join}:first`)
    await counting.create(
      { id, type: 'T', r: { object: first } },
      ...first.map((each, i) => ({ id: each, type: 'T', r: { object: i === 0 ? first : ids(2, `${join}:${i}`) } })),
    )
    await counting.get(`${pathOf(id)}?join=${join}&joinLevel=1`).expect(200)
    expectProblem(await counting.get(`${pathOf(id)}?join=${join}&joinLevel=2`), 403, 'TooManyResults', tooMany)
  })

  it('in bytes', async () => {
    const [id, one, two, three] = [newId(), newId(), newId(), newId()]
    const text = 'x'.repeat(5_000)
    await measuring.create(
      { id, type: 'T', r: { object: [one, two] }, s: { object: [one, two, three] } },
      ...[one, two, three].map((each) => ({ id: each, type: 'T', text })),
    )
    await measuring.get(`${pathOf(id)}?join=${join}&pick=r`).expect(200)
    await measuring.get(`${pathOf(id)}?join=${join}&pick=s`).expect(200)
    const response = await measuring.get(`${pathOf(id)}?join=${join}`)
    // Inline, two of them are shown twice.
    if (join === 'flat') expect(response.status).toBe(200)
    else expectProblem(response, 403, 'TooManyResults', tooLarge)
  })

  it('in bytes that are read', async () => {
    const four = ids(4, `large:${join}`)
    const id = newId()
    await measuring.create({ id, type: 'T', r: { object: four } })
    for (const each of four) await measuring.create({ id: each, type: 'T', text: 'x'.repeat(5_000) })
    const response = await measuring.get(`${pathOf(id)}?join=${join}&pick=id,r{id}`)
    expectProblem(response, 403, 'TooManyResults', tooLarge)
  })
})

describe('inline', () => {
  it('does not grow with the number of ways through a graph', async () => {
    const all = ids(12, 'dense')
    await measuring.create(...all.map((id) => ({ id, type: 'Dense', r: { object: all } })))
    const started = performance.now()
    const response = await measuring.get(`${pathOf('urn:dense:0')}?join=inline&joinLevel=5`)
    expectProblem(response, 403, 'TooManyResults', tooLarge)
    expect(performance.now() - started).toBeLessThan(1_000)
  })
})
