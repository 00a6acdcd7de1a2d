/** What the tests of discovery (5.7.5–5.7.10) share: entities, an @context that names them, and what all its requests do. */

import { beforeAll, describe, expect, it } from 'vitest'
import { CONTEXT_LINK, testClock } from '../support/broker.ts'
import { brokerForFile, type Client, CORE, expectProblem, type Headers, START } from './client.ts'

/** The IRI of `Building`, `Vehicle`, `brand` and `speed`. */
export const ex = (name: string) => `https://example.org/${name}`
/** The IRI of what the @context names `o:…`. */
export const other = (name: string) => `https://example.org/other#${name}`

const context = {
  Building: ex('Building'),
  Vehicle: ex('Vehicle'),
  brand: ex('brand'),
  speed: ex('speed'),
  o: other(''),
}

/** Two buildings, two vehicles, one of them both, a thing without Attributes, and one more until a second has gone by. */
const entities = [
  {
    id: 'urn:x:1',
    type: 'Vehicle',
    brand: { value: 'Mercedes', nested: { value: 1 } },
    speed: [{ value: 55 }, { value: 54.5, datasetId: 'urn:d:gps' }],
  },
  { id: 'urn:x:2', type: ['Vehicle', 'Building'], speed: { object: 'urn:x:1' }, 'o:weight': { value: 3 } },
  { id: 'urn:x:3', type: 'Building', scope: '/Santander', brand: { languageMap: { es: 'Casa' } } },
  { id: 'urn:x:4', type: 'o:Thing' },
  { id: 'urn:x:5', type: 'Gone', expiresAt: new Date(START + 1000).toISOString(), gone: 1 },
]

interface Discovery {
  readonly broker: Client
  /** With it names are short. */
  readonly link: () => Headers
}

/** A broker with the entities, all that expires being gone but not purged. */
export function discoveryForFile(): Discovery {
  const clock = testClock(START)
  const broker = brokerForFile({ PURGE_SCHEDULE: '0 0 1 1 *' }, clock)
  let link: Headers = {}
  beforeAll(async () => {
    const { headers } = await broker.post('/jsonldContexts', { '@context': context }).expect(201)
    link = { Link: CONTEXT_LINK(`${broker.url()}${headers.location}`) }
    for (const entity of entities) await broker.post('/entities', entity, link).expect(201)
    clock.advance(1000)
  })
  return { broker, link: () => link }
}

/** What each request of discovery does beside its answer. `paths` must find something under the @context. */
export function behavesAsDiscovery({ broker, link }: Discovery, paths: readonly string[]): void {
  describe.each(paths)('%s', (path) => {
    it('6.3.6: application/json has the @context in a Link header, application/ld+json in the body', async () => {
      const json = await broker.get(path, link()).expect(200)
      expect(json.headers['content-type']).toMatch(/^application\/json/)
      expect(json.headers.link).toBe(link().Link)
      const ld = await broker.get(path, { ...link(), Accept: 'application/ld+json' }).expect(200)
      expect(ld.headers['content-type']).toMatch(/^application\/ld\+json/)
      expect(ld.headers.link).toBeUndefined()
      const url = /<(.*)>/.exec(link().Link ?? '')?.[1]
      const withContext = (document: object) => ({ ...document, '@context': url })
      expect(ld.body).toEqual(Array.isArray(json.body) ? json.body.map(withContext) : withContext(json.body))
    })

    it('is the same each time, and says what it depends on', async () => {
      const [one, two] = await Promise.all([broker.get(path, link()), broker.get(path, link())])
      expect(one.text).toBe(two.text)
      expect(one.headers.vary?.split(/, */)).toEqual(expect.arrayContaining(['Accept', 'Link', 'NGSILD-Tenant']))
    })

    it('6.3.18: takes local, which changes nothing', async () => {
      const { body } = await broker.get(path, link()).expect(200)
      for (const local of ['true', 'false']) {
        const limited = await broker.get(`${path}${path.includes('?') ? '&' : '?'}local=${local}`, link()).expect(200)
        expect(limited.body).toEqual(body)
      }
    })

    it('6.3.4: GeoJSON is Not Acceptable, with the list of what is', async () => {
      const { body } = await broker.get(path, { ...link(), Accept: 'application/geo+json' }).expect(406)
      expect(body).toEqual(['application/json', 'application/ld+json'])
    })

    it('6.3.20: other parameters are InvalidRequest, other values BadRequestData', async () => {
      for (const [parameter, kind] of [
        ['limit=5', 'InvalidRequest'],
        ['count=true', 'InvalidRequest'],
        ['q=speed', 'InvalidRequest'],
        ['local=perhaps', 'BadRequestData'],
      ] as const) {
        const wrong = `${path}${path.includes('?') ? '&' : '?'}${parameter}`
        expectProblem(await broker.get(wrong, link()), 400, kind, new RegExp(parameter.split('=')[0] ?? ''))
      }
    })

    it('5.5.10: a Tenant that does not exist is NonexistentTenant', async () => {
      expectProblem(await broker.get(path, { ...link(), 'NGSILD-Tenant': 'nobody' }), 404, 'NonexistentTenant')
    })

    it('5.5.7: an @context that cannot be had is LdContextNotAvailable', async () => {
      const missing = { Link: CONTEXT_LINK(`${broker.url()}/nothing/here`) }
      expectProblem(await broker.get(path, missing), 504, 'LdContextNotAvailable')
    })
  })
}

/** Where the list is named by IRIs: the link is the core's. */
export const CORE_LINK = CONTEXT_LINK(CORE)

/** 404 and 400 of one type or Attribute. `wrong` are names as they stand in the path. */
export function refusesNames(
  { broker, link }: Discovery,
  collection: 'types' | 'attributes',
  { unknown, wrong }: { readonly unknown: readonly string[]; readonly wrong: readonly string[] },
): void {
  it.each(unknown)('ResourceNotFound for %s', async (name) => {
    expectProblem(await broker.get(`/${collection}/${name}`, link()), 404, 'ResourceNotFound')
  })

  it.each(wrong)('BadRequestData for %s, which is no name', async (name) => {
    expectProblem(await broker.get(`/${collection}/${name}`, link()), 400, 'BadRequestData', /name/)
  })
}
