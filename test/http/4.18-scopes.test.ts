import { describe, expect, it } from 'vitest'
import { brokerForFile, expectProblem, newId, pathOf } from './client.ts'

const broker = brokerForFile()

describe('4.18 Scopes', () => {
  it.each(['/Madrid', 'Madrid', '/Madrid/Gardens/ParqueNorte', '/CompanyA/OrganizationB/UnitC', '/Ñandú_2/b3'])(
    'the grammar takes %s',
    async (scope) => {
      const id = newId()
      await broker.create({ id, type: 'T', scope })
      expect(await broker.entity(id)).toEqual({ id, type: 'T', scope })
    },
  )

  it.each<[unknown]>([
    ['/'],
    [''],
    ['//a'],
    ['/a/'],
    ['/1a'],
    ['/_a'],
    ['/a-b'],
    ['/a b'],
    [['/a', '/1']],
    [[]],
    [7],
    [{ value: '/a' }],
    ['urn:ngsi-ld:null'],
  ])('the grammar does not take %j', async (scope) => {
    expectProblem(await broker.post('/entities', { id: newId(), type: 'T', scope }), 400, 'BadRequestData', /scope/)
  })

  it('"The value of scope is represented as a JSON array in case there is more than one Scope"', async () => {
    const id = newId()
    await broker.create({ id, type: 'T', scope: ['/a', '/b'] })
    expect((await broker.entity(id)).scope).toEqual(['/a', '/b'])
    await broker.patch(pathOf(id), { scope: ['/a'] }).expect(204)
    expect((await broker.entity(id)).scope).toBe('/a')
  })

  it('is in every representation (4.5.1), and can be picked and omitted (4.21)', async () => {
    const id = newId()
    await broker.create({ id, type: 'T', scope: '/a', a: 1 })
    for (const format of ['normalized', 'concise', 'simplified']) {
      expect((await broker.entity(id, `format=${format}`)).scope).toBe('/a')
    }
    expect(await broker.entity(id, 'pick=scope')).toEqual({ scope: '/a' })
    expect(await broker.entity(id, 'omit=scope,a')).toEqual({ id, type: 'T' })
  })

  it.each<[string, string, unknown]>([
    ['Append: becomes that of the fragment (5.6.3.4)', 'append', ['/c']],
    ['Append with noOverwrite: is appended (5.6.3.4)', 'appendNoOverwrite', ['/a', '/b', '/c']],
    ['Update: is replaced (5.6.2.4)', 'update', ['/c']],
    ['Merge: becomes that of the fragment (5.6.17.4)', 'merge', ['/c']],
    ['Replace: is what was sent (5.6.18.4)', 'replace', ['/c']],
    ['Batch update: as Append (5.6.9.4)', 'batchUpdate', ['/c']],
    ['Batch merge: as Merge (5.6.20.4)', 'batchMerge', ['/c']],
    ['Batch upsert: as Replace (5.6.8.4)', 'batchUpsert', ['/c']],
    ['Batch upsert with update: as Update (5.6.8.4)', 'batchUpsertUpdate', ['/c']],
  ])('%s', async (_, operation, scopes) => {
    const id = newId()
    await broker.create({ id, type: 'T', scope: ['/a', '/b'] })
    const fragment = { type: 'T', scope: '/c' }
    const requests: Record<string, () => ReturnType<typeof broker.post>> = {
      append: () => broker.post(`${pathOf(id)}/attrs`, fragment),
      appendNoOverwrite: () => broker.post(`${pathOf(id)}/attrs?options=noOverwrite`, fragment),
      update: () => broker.patch(`${pathOf(id)}/attrs`, fragment),
      merge: () => broker.patch(pathOf(id), fragment),
      replace: () => broker.put(pathOf(id), fragment),
      batchUpdate: () => broker.post('/entityOperations/update', [{ id, ...fragment }]),
      batchMerge: () => broker.post('/entityOperations/merge', [{ id, ...fragment }]),
      batchUpsert: () => broker.post('/entityOperations/upsert', [{ id, ...fragment }]),
      batchUpsertUpdate: () => broker.post('/entityOperations/upsert?options=update', [{ id, ...fragment }]),
    }
    await requests[operation]?.().expect(204)
    expect([(await broker.entity(id)).scope].flat()).toEqual(scopes)
  })
})
