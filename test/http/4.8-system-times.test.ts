/** 4.8: `modifiedAt` is when the last change was made, also where several are made in one moment. */

import { expect, it } from 'vitest'
import { casesOf } from '../support/long.ts'
import { brokerForFile, newId } from './client.ts'

/** Each look at it finds a later time, so that no two changes have the same. */
let now = Date.UTC(2026, 5, 1)
const broker = brokerForFile({}, { now: () => ++now })

const entity = (id: string) => ({ id, type: 'Room', batch: 0, single: 0 })

it.each(['update', 'upsert?options=update', 'merge'])(
  'no change has an earlier time than those before it: Batch Entity %s beside single ones',
  async (operation) => {
    // Long enough to let single changes in between its own.
    const ids = Array.from({ length: casesOf(8_000) }, () => newId())
    const last = ids.slice(-20)
    await broker.post('/entityOperations/create', ids.map(entity)).expect(201)
    let done = false
    const batch = broker
      .post(
        `/entityOperations/${operation}`,
        ids.map((id) => ({ id, type: 'Room', batch: 1 })),
      )
      .then(() => {
        done = true
      })
    while (!done) {
      await Promise.all(last.map((id) => broker.patch(`/entities/${id}/attrs/single`, { value: 1 }).expect(204)))
      if (!done) await expectLatest(last)
    }
    await batch
    await expectLatest(last)
  },
)

/** An entity was modified when the last of its Attributes was. */
async function expectLatest(ids: readonly string[]): Promise<void> {
  const shown = await Promise.all(ids.map((id) => broker.entity(id, 'options=sysAttrs')))
  const late = shown.map(({ id, modifiedAt, batch, single }) => {
    const times = [batch, single].map((attribute) => String(Reflect.get(Object(attribute), 'modifiedAt')))
    // By what they say: as texts, "24.084Z" comes before "24Z".
    return { id, modifiedAt, latest: times.toSorted((a, b) => Date.parse(a) - Date.parse(b)).at(-1) }
  })
  expect(late.filter(({ modifiedAt, latest }) => modifiedAt !== latest)).toEqual([])
}
