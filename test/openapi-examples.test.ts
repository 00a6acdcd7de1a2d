/** Every example of the OpenAPI document is sent to a broker with the data of Santander, and every answer is checked. */

import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Response } from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allOperations, openApiDocument } from '../src/http/openapi.ts'
import { startTestBroker, type TestBroker } from './support/broker.ts'

type Node = Readonly<Record<string, unknown>>

interface Example {
  readonly name: string
  readonly operationId: string
  readonly method: string
  readonly url: string
  readonly body?: unknown
}

const document = openApiDocument()
const ajv = new Ajv2020({ strictRequired: false, allowUnionTypes: true, validateFormats: false })
ajv.addVocabulary(Object.keys(document))
ajv.addSchema(document, 'boya', false, false)

function follow(value: unknown): Node {
  const { $ref } = value as Node
  if (typeof $ref !== 'string') return value as Node
  return $ref
    .split('/')
    .slice(1)
    .reduce<Node>((node, key) => node[key] as Node, document as unknown as Node)
}

const { parameters } = document.components
/** Examples of the path's parameters, put into it. */
function filled(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const parameter = Object.values(parameters).find((each) => each.name === name && each.in === 'path')
    return encodeURIComponent(String((parameter as unknown as Node).example))
  })
}

function bodyExamples(): Example[] {
  return allOperations().flatMap(({ path, method, operation: { operationId, requestBody } }) =>
    Object.entries(requestBody?.content['application/json']?.examples ?? {}).map(([name, example]) => ({
      name: `${operationId} with the example ${name}`,
      operationId,
      method,
      url: filled(path),
      body: follow(example).value,
    })),
  )
}

function urlExamples(): Example[] {
  return allOperations().flatMap(({ path, method, operation: { operationId, description, requestBody } }) => {
    // A stream does not end: test/http/boya-entity-stream.test.ts.
    if (requestBody !== undefined || operationId === 'streamEntities') return []
    const [, url = filled(path)] = /`(?:GET|DELETE) (\/(?:ngsi-ld|boya)[^`]+)`/.exec(description) ?? []
    return [{ name: `${operationId}: ${method} ${url}`, operationId, method, url }]
  })
}

/** The schema of an answer by its status and media type; undefined where the document has no body for it. */
function schemaPointer({ operationId }: Example, { status, type }: Response): string | undefined {
  const { path, method, operation } =
    allOperations().find((each) => each.operation.operationId === operationId) ?? fail()
  const responses = (operation as unknown as { responses: Node }).responses
  expect(Object.keys(responses)).toContain(String(status))
  const content = follow(responses[String(status)]).content as Node | undefined
  if (content === undefined) return undefined
  expect(Object.keys(content)).toContain(type)
  if ((content[type] as Node).schema === undefined) return undefined
  const token = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1')
  return `/paths/${token(path)}/${method}/responses/${status}/content/${token(type)}/schema`
}

function fail(): never {
  throw new Error('there is no such operation')
}

const spots = ['parking-spots', 'parking-sites'].flatMap((name) => {
  const lines = readFileSync(new URL(`../examples/santander/${name}.ndjson`, import.meta.url), 'utf8').trim()
  return lines.split('\n').map((line): unknown => JSON.parse(line))
})

const [history = ''] = readFileSync(
  new URL('../examples/santander/bike-stations-history.ndjson', import.meta.url),
  'utf8',
).split('\n')
const station: object = JSON.parse(history)

describe('the examples of openapi/boya.yaml', () => {
  let broker: TestBroker
  beforeAll(async () => {
    broker = await startTestBroker()
  })
  afterAll(() => broker.close())

  let tenants = 0
  /** Each example meets the data as it is delivered, in a Tenant of its own. */
  async function tenantWithSpots(): Promise<string> {
    const tenant = `example_${++tenants}`
    const load = broker.request.post('/ngsi-ld/v1/entityOperations/upsert').set('NGSILD-Tenant', tenant)
    await load.set('Content-Type', 'application/json').send(spots).expect(201)
    return tenant
  }

  /** The subscription that examples are about, beside the data. Nobody listens where it is told. */
  async function tenantWithSubscription(): Promise<string> {
    const tenant = await tenantWithSpots()
    const id = decodeURIComponent(filled('{subscriptionId}'))
    const value = bodyExamples().find(({ operationId }) => operationId === 'createSubscription')?.body as Node
    const notification = { ...(value.notification as Node), endpoint: { uri: 'http://127.0.0.1:9/notify' } }
    const request = broker.request.post('/ngsi-ld/v1/subscriptions').set('NGSILD-Tenant', tenant)
    await request.send({ ...value, id, notification }).expect(201)
    return tenant
  }

  /** The evolution of a station, beside the data. */
  async function tenantWithHistory(): Promise<string> {
    const tenant = await tenantWithSpots()
    const request = broker.request.post('/ngsi-ld/v1/temporal/entities').set('NGSILD-Tenant', tenant)
    await request.set('Content-Type', 'application/json').send(station).expect(201)
    const rules = broker.request.put('/boya/v1/history/retention').set('NGSILD-Tenant', tenant)
    await rules.send({ rules: [{ raw: 'P1Y' }] }).expect(204)
    return tenant
  }

  const tenantFor = (url: string): Promise<string> =>
    url.includes('/subscriptions')
      ? tenantWithSubscription()
      : /\/(?:temporal|history)\//.test(url)
        ? tenantWithHistory()
        : tenantWithSpots()

  /** Ids of instances are the broker's: that of the first one of the Attribute stands for the example. */
  async function withInstance(url: string, tenant: string): Promise<string> {
    const [, entity = '', attribute = '', instance = ''] = /^(.*)\/attrs\/(\w+)\/([^/?]+)$/.exec(url) ?? []
    if (instance === '') return url
    const { body } = await broker.request.get(entity).set('NGSILD-Tenant', tenant)
    return `${entity}/attrs/${attribute}/${body[attribute][0].instanceId}`
  }

  async function answerTo(example: Example): Promise<Response> {
    const method = example.method as 'get' | 'post' | 'put' | 'patch' | 'delete'
    const data = /entit(y|ies)|types|attributes|subscriptions|history/.test(example.url)
    const tenant = data ? await tenantFor(example.url) : undefined
    const request = broker.request[method](tenant === undefined ? example.url : await withInstance(example.url, tenant))
    if (tenant !== undefined) request.set('NGSILD-Tenant', tenant)
    if (example.body !== undefined) request.set('Content-Type', 'application/json').send(example.body as object)
    const response = await request
    if (data) expect(response.headers['ngsild-tenant']).toMatch(/^example_/)
    return response
  }

  it.each([...bodyExamples(), ...urlExamples()])('$name', async (example) => {
    const response = await answerTo(example)
    expect(response.status, response.text).toBeLessThan(207)
    const pointer = schemaPointer(example, response)
    if (pointer === undefined) return
    const validate = ajv.compile({ $ref: `boya#${encodeURI(pointer)}` })
    const body = response.type.endsWith('json') ? response.body : response.text
    expect(validate(body), ajv.errorsText(validate.errors)).toBe(true)
  })

  it('answers for an entity as the document shows it, in every representation', async () => {
    const tenant = await tenantWithSpots()
    const examples = (document.components as unknown as { examples: Record<string, { value: Node }> }).examples
    const path = filled('/ngsi-ld/v1/entities/{entityId}')
    for (const [query, name] of [
      ['', 'Spot'],
      ['?format=concise', 'ConciseSpot'],
      ['?format=simplified', 'SimplifiedSpot'],
      ['?join=inline&pick=id,refParkingSite{id,name}', 'InlineSpot'],
      ['?join=flat&pick=id,refParkingSite{id,name}', 'FlatSpot'],
    ] as const) {
      const { body } = await broker.request.get(path + query).set('NGSILD-Tenant', tenant)
      expect(body).toEqual(examples[name]?.value)
    }
    const geo = await broker.request.get(path).set({ 'NGSILD-Tenant': tenant, Accept: 'application/geo+json' })
    const { '@context': _, ...feature } = examples.FeatureSpot?.value ?? {}
    expect(geo.body).toMatchObject(feature)
  })
})
