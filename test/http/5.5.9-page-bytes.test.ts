import { expect, it } from 'vitest'
import { brokerForFile, expectProblem } from './client.ts'

const broker = brokerForFile({ MAX_ENTITY_BYTES: '32KiB', MAX_PAGE_BYTES: '64KiB' })
const LD = { 'Content-Type': 'application/ld+json', Accept: 'application/ld+json' }

it('6.3.10: a page is answered alike whether its texts are remembered or not, however long they are shown', async () => {
  await broker.create(...Array.from({ length: 20 }, (_, i) => ({ id: `urn:x:small${i}`, type: 'Small', n: i })))
  const terms = Array.from({ length: 150 }, (_, i) => [`term${i}`, `https://example.org/ns/term${i}`])
  const query = { '@context': Object.fromEntries(terms), type: 'Query', entities: [{ type: 'Small' }] }
  const ask = () => broker.post('/entityOperations/query', query, LD).expect(200)
  const first = await ask()
  expect(first.text.length).toBeGreaterThan(2 * 65_536 - 10_000)
  expect((await ask()).text).toBe(first.text)
})

it('6.3.10: a page of too many bytes is refused, also where all its texts are remembered and shown short', async () => {
  const large = (i: number) => ({ id: `urn:x:large${i}`, type: 'Large', text: 'x'.repeat(15_000), n: i })
  await broker.create(...Array.from({ length: 5 }, (_, i) => large(i)))
  for (const offset of [0, 1, 2, 3, 4])
    await broker.get(`/entities?type=Large&pick=n&limit=1&offset=${offset}`).expect(200)
  await broker.get('/entities?type=Large&pick=n&limit=3').expect(200)
  expectProblem(await broker.get('/entities?type=Large&pick=n&limit=4'), 403, 'TooManyResults')
})
