import { describe, expect, it } from 'vitest'
import { brokerForFile, expectProblem, newId, pathOf } from './client.ts'

const broker = brokerForFile()
const id = 'urn:x:parameters'

const operations = {
  'Create Entity': (query: string) => broker.post(`/entities?${query}`, { id: newId(), type: 'T' }),
  'Query Entities': (query: string) => broker.get(`/entities?type=T&${query}`),
  'Purge Entities': (query: string) => broker.delete(`/entities?type=Nobody&${query}`),
  'Retrieve Entity': (query: string) => broker.get(`${pathOf(id)}?${query}`),
  'Delete Entity': (query: string) => broker.delete(`${pathOf(id)}?${query}`),
  'Replace Entity': (query: string) => broker.put(`${pathOf(id)}?${query}`, { type: 'T' }),
  'Merge Entity': (query: string) => broker.patch(`${pathOf(id)}?${query}`, { a: 1 }),
  'Append Attributes': (query: string) => broker.post(`${pathOf(id)}/attrs?${query}`, { a: 1 }),
  'Update Attributes': (query: string) => broker.patch(`${pathOf(id)}/attrs?${query}`, { a: 1 }),
  'Partial Attribute Update': (query: string) => broker.patch(`${pathOf(id)}/attrs/a?${query}`, { value: 1 }),
  'Replace Attribute': (query: string) => broker.put(`${pathOf(id)}/attrs/a?${query}`, { value: 1 }),
  'Delete Attribute': (query: string) => broker.delete(`${pathOf(id)}/attrs/a?${query}`),
  'Batch Create': (query: string) => broker.post(`/entityOperations/create?${query}`, [{ id: newId(), type: 'T' }]),
  'Batch Upsert': (query: string) => broker.post(`/entityOperations/upsert?${query}`, [{ id: newId(), type: 'T' }]),
  'Batch Update': (query: string) => broker.post(`/entityOperations/update?${query}`, [{ id, type: 'T' }]),
  'Batch Delete': (query: string) => broker.post(`/entityOperations/delete?${query}`, [id]),
  'Batch Merge': (query: string) => broker.post(`/entityOperations/merge?${query}`, [{ id, type: 'T' }]),
  'Add @context': (query: string) => broker.post(`/jsonldContexts?${query}`, { '@context': {} }),
  'List @contexts': (query: string) => broker.get(`/jsonldContexts?${query}`),
  'Serve @context': (query: string) => broker.get(`/jsonldContexts/x?${query}`),
  'Delete @context': (query: string) => broker.delete(`/jsonldContexts/x?${query}`),
  'Source identity': (query: string) => broker.get(`/info/sourceIdentity?${query}`),
}
type Operation = keyof typeof operations

describe('6.3.20 Invalid parameters', () => {
  it.each(Object.entries(operations))('%s: InvalidRequest for a parameter that nobody knows', async (_, operate) => {
    const response = await operate('nonsense=1')
    expectProblem(response, 400, 'InvalidRequest', /nonsense/)
  })

  it.each<[Operation, string]>([
    ['Create Entity', 'type=T'],
    ['Retrieve Entity', 'limit=1'],
    ['Retrieve Entity', 'deleteAll=true'],
    ['Delete Entity', 'attrs=a'],
    ['Merge Entity', 'pick=a'],
    ['Append Attributes', 'format=simplified'],
    ['Partial Attribute Update', 'datasetId=urn:d:1'],
    ['Replace Attribute', 'lang=es'],
    ['Delete Attribute', 'pick=a'],
    ['Batch Create', 'options=update'],
    ['Batch Delete', 'type=T'],
    ['Query Entities', 'drop=a'],
    ['Query Entities', 'keep=a'],
    ['List @contexts', 'reload=true'],
    ['Serve @context', 'kind=Hosted'],
    ['Delete @context', 'details=true'],
  ])('%s: InvalidRequest for a parameter of another operation: %s', async (operation, query) => {
    expectProblem(await operations[operation](query), 400, 'InvalidRequest')
  })

  it.each<[Operation, string]>([
    ['Retrieve Entity', 'options=nonsense'],
    ['Retrieve Entity', 'options=sysAttrs,nonsense'],
    ['Retrieve Entity', 'options=noOverwrite'],
    ['Retrieve Entity', 'options=temporalValues'],
    ['Retrieve Entity', 'options='],
    ['Retrieve Entity', 'format=nonsense'],
    ['Query Entities', 'options=update'],
    ['Query Entities', 'format=aggregatedValues'],
    ['Append Attributes', 'options=replace'],
    ['Merge Entity', 'options=sysAttrs'],
    ['Merge Entity', 'format=normalized'],
    ['Batch Upsert', 'options=noOverwrite'],
    ['Batch Upsert', 'options=replace,nonsense'],
    ['Batch Update', 'options=replace'],
  ])('%s: InvalidRequest for values "that are not supported by the operation": %s', async (operation, query) => {
    const { status, body } = await operations[operation](query)
    expect([status, body.type]).toEqual([400, expect.stringMatching(/(InvalidRequest|BadRequestData)$/)])
    if (!query.endsWith('=')) expect(body.type).toMatch(/InvalidRequest$/)
  })

  it.each<[Operation, string]>([
    ['Query Entities', 'limit=1&limit=2'],
    ['Query Entities', 'count=true&count=true'],
    ['Retrieve Entity', 'format=concise&format=simplified'],
    ['Retrieve Entity', 'lang=es&lang=en'],
  ])('%s: InvalidRequest for a parameter that stands twice: %s', async (operation, query) => {
    expectProblem(await operations[operation](query), 400, 'InvalidRequest')
  })

  it.each<[Operation, string]>([
    ['Query Entities', 'entityMap=true'],
    ['Query Entities', 'entityMapLifetime=PT1M'],
    ['Retrieve Entity', 'entityMap=true'],
  ])('5.5.6: %s: OperationNotSupported, by name, for what is not there yet: %s', async (operation, query) => {
    expectProblem(await operations[operation](query), 422, 'OperationNotSupported', /entityMap/)
  })

  it('6.3.18: local is taken by every operation on entities, true and false', async () => {
    await broker.create({ id, type: 'T', a: 1 })
    const names = Object.keys(operations).filter((name) => !/context|identity|Delete/.test(name)) as Operation[]
    for (const name of names) {
      for (const query of ['local=true', 'local=false']) {
        expect([name, (await operations[name](query)).status]).toEqual([name, expect.toBeOneOf([200, 201, 204, 207])])
      }
      expectProblem(await operations[name]('local=maybe'), 400, 'BadRequestData')
    }
  })
})
