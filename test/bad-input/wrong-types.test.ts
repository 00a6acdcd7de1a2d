/** A value of the wrong type in every place of an entity with one Attribute of each type. */

import { describe, expect, it } from 'vitest'
import { API } from '../support/broker.ts'
import { LONG } from '../support/long.ts'
import { brokerOfFile, entityIn, entityPath, expectAllOrNothing, JSON_BODY, send } from './client.ts'
import { createTarget, EVERY_ATTRIBUTE, TARGET, TARGET_ENTITY } from './operations.ts'

type Steps = readonly (string | number)[]
const wrong: readonly unknown[] = [
  null,
  1,
  1.5,
  '',
  'text',
  true,
  [],
  [[]],
  [null],
  {},
  { '': {} },
  { type: null },
  { type: 'Property' },
]

/** The paths of all that stands in a document, itself left out. */
function placesIn(json: unknown, at: Steps = []): Steps[] {
  if (typeof json !== 'object' || json === null) return []
  return Object.entries(json).flatMap(([key, inner]) => [[...at, key], ...placesIn(inner, [...at, key])])
}

function withValue(json: unknown, [step, ...rest]: Steps, value: unknown): unknown {
  if (step === undefined) return value
  const copy = (Array.isArray(json) ? [...json] : { ...(json as object) }) as Record<string | number, unknown>
  copy[step] = withValue(copy[step], rest, value)
  return copy
}

const broker = brokerOfFile()

describe.each(placesIn(TARGET_ENTITY).map((place) => [place.join('/'), place] as const))('%s', (_, place) => {
  it('is kept whole, or refused whole, whatever stands there', async () => {
    for (const value of wrong) {
      const body = JSON.stringify(withValue(TARGET_ENTITY, place, value))
      const sent = { method: 'POST', path: `${API}/entities`, headers: JSON_BODY, body }
      if ((await expectAllOrNothing(broker, sent)).status !== 201) continue
      const shown = await entityIn(broker, TARGET)
      expect(Object.keys(shown ?? {}).sort(), body).toEqual(Object.keys(JSON.parse(body)).sort())
      await send(broker, { method: 'DELETE', path: entityPath(TARGET) })
    }
  })
})

describe.each(Object.entries(EVERY_ATTRIBUTE))('a fragment of %s', (name, attribute) => {
  const others = Object.keys(TARGET_ENTITY).filter((member) => member !== name)

  it.each(['PATCH', 'PUT'])('touches no other Attribute, sent with %s', async (method) => {
    for (const [i, place] of [[], ...placesIn(attribute)].entries()) {
      const values = [...wrong, 'urn:ngsi-ld:null', { '@none': 'urn:ngsi-ld:null' }]
      // Where time is short each third of them, others in each place.
      for (const value of values.filter((_, n) => LONG || (n + i) % 3 === 0)) {
        await createTarget(broker)
        const body = JSON.stringify(withValue(attribute, place, value))
        const path = `${entityPath(TARGET)}/attrs/${name}`
        await expectAllOrNothing(broker, { method, path, headers: JSON_BODY, body })
        expect(Object.keys((await entityIn(broker, TARGET)) ?? {}), body).toEqual(expect.arrayContaining(others))
      }
    }
  })
})
