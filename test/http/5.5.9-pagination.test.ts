import LinkHeader from 'http-link-header'
import { beforeAll, describe, expect, it } from 'vitest'
import { brokerForFile, expectProblem } from './client.ts'

const broker = brokerForFile({ PAGE_DEFAULT: '4', PAGE_MAX: '50' })
const all = Array.from({ length: 10 }, (_, i) => `urn:x:page:${i}`)

beforeAll(() => broker.create(...all.map((id) => ({ id, type: 'Paged', n: 1 }))))

interface Page {
  readonly ids: readonly string[]
  readonly next: string | undefined
  readonly prev: string | undefined
  readonly count: string | undefined
}

async function page(path: string, accept = 'application/json'): Promise<Page> {
  const { body, headers, status, text } = await broker.root('get', path, { Accept: accept })
  expect(status, text).toBe(200)
  const links = LinkHeader.parse(headers.link ?? '')
  const to = (rel: string) => {
    const [link] = links.rel(rel)
    // 6.3.10: "its value shall be exactly equal to the media type resulting from the original request"
    if (link !== undefined) expect(link.type).toBe(accept)
    return link?.uri
  }
  return {
    ids: (body.features ?? body).map(({ id }: { id: string }) => id),
    next: to('next'),
    prev: to('prev'),
    count: headers['ngsild-results-count'],
  }
}

const first = (query: string) => page(`/ngsi-ld/v1/entities?type=Paged${query}`)

describe('5.5.9 Pagination (6.3.10)', () => {
  it('5.5.9.1: without limit, a page is as large as the default', async () => {
    const { ids, next, prev } = await first('')
    expect(ids).toEqual(all.slice(0, 4))
    expect(next).toBeDefined()
    expect(prev).toBeUndefined()
  })

  it.each(['application/json', 'application/ld+json', 'application/geo+json'])(
    '5.5.9.1: next leads through all entities, prev back, in %s',
    async (accept) => {
      let at = await page('/ngsi-ld/v1/entities?type=Paged&limit=3&pick=id,n&options=keyValues', accept)
      const seen = [at.ids]
      while (at.next !== undefined) {
        at = await page(at.next, accept)
        seen.push(at.ids)
      }
      expect(seen).toEqual([all.slice(0, 3), all.slice(3, 6), all.slice(6, 9), all.slice(9)])
      const back = [at.ids]
      while (at.prev !== undefined) {
        at = await page(at.prev, accept)
        back.push(at.ids)
      }
      expect(back).toEqual(seen.toReversed())
    },
  )

  it('5.5.9.1: no next where the last page is full', async () => {
    const { ids, next, prev } = await first('&limit=5&offset=5')
    expect(ids).toEqual(all.slice(5))
    expect(next).toBeUndefined()
    expect(prev).toBeDefined()
    expect((await first('&limit=10')).next).toBeUndefined()
  })

  it('5.5.9.1: the links contain all the parameters of the request', async () => {
    const { next } = await first('&limit=3&attrs=n&options=keyValues,sysAttrs&lang=es&count=true')
    const parameters = new URL(next ?? '', broker.url()).searchParams
    expect(Object.fromEntries(parameters)).toMatchObject({
      type: 'Paged',
      limit: '3',
      offset: '3',
      attrs: 'n',
      options: 'keyValues,sysAttrs',
      lang: 'es',
      count: 'true',
    })
  })

  it('5.5.9.2: offset jumps; prev from the middle of a page does not leave anything out', async () => {
    const { ids, prev } = await first('&limit=4&offset=2')
    expect(ids).toEqual(all.slice(2, 6))
    const before = await page(prev ?? '')
    expect(before.ids.slice(0, 2)).toEqual(all.slice(0, 2))
    expect(before.prev).toBeUndefined()
  })

  it('6.3.10: an offset beyond the end gives "only the last element of the result set"', async () => {
    for (const offset of [10, 11, 100_000]) {
      const { ids, next } = await first(`&offset=${offset}&limit=3`)
      expect(ids).toEqual(all.slice(9))
      expect(next).toBeUndefined()
    }
    expect((await page('/ngsi-ld/v1/entities?type=Nobody&offset=7')).ids).toEqual([])
  })

  it('6.3.10: beyond the end "the offset should be assumed to be equal to the size of the result set": prev goes on from there', async () => {
    let at = await first('&offset=100000&limit=3')
    const seen: string[] = []
    for (let hops = 0; at.prev !== undefined && hops < 10; hops++) {
      at = await page(at.prev)
      seen.unshift(...at.ids)
    }
    expect([...new Set(seen)]).toEqual(expect.arrayContaining(all.slice(0, 9)))
    expect(at.prev).toBeUndefined()
  })
})

describe('6.3.13 Counting', () => {
  it('NGSILD-Results-Count is the number of all that match, only with count=true', async () => {
    expect((await first('&count=true')).count).toBe('10')
    expect((await first('&count=true&offset=9&limit=1')).count).toBe('10')
    expect((await first('&count=true&id=urn:x:page:1,urn:x:nobody')).count).toBe('1')
    expect((await page('/ngsi-ld/v1/entities?type=Nobody&count=true')).count).toBe('0')
    expect((await first('&count=false')).count).toBeUndefined()
    expect((await first('')).count).toBeUndefined()
  })

  it('limit=0 with count gives an empty array and the number', async () => {
    expect(await first('&limit=0&count=true')).toEqual({ ids: [], next: undefined, prev: undefined, count: '10' })
  })

  it('limit=0 without count is a 400', async () => {
    const path = '/entities?type=Paged&limit=0'
    expectProblem(await broker.get(path), 400, 'BadRequestData')
    expectProblem(await broker.get(`${path}&count=false`), 400, 'BadRequestData')
  })

  it.each(['limit=-1', 'limit=x', 'limit=1.5', 'limit=', 'offset=-1', 'offset=x', 'count=yes'])(
    'BadRequestData for %s',
    async (query) => {
      expectProblem(await broker.get(`/entities?type=Paged&${query}`), 400, 'BadRequestData')
    },
  )

  it('5.5.6: TooManyResults for a page larger than the broker gives', async () => {
    expectProblem(await broker.get('/entities?type=Paged&limit=51'), 403, 'TooManyResults', /50/)
  })
})
