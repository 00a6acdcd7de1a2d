/** Every operation that takes a body, and the entity that those on one entity are sent to. */

import { API } from '../support/broker.ts'
import { entityPath, JSON_BODY, type Sent, send } from './client.ts'

export const TARGET = 'urn:ngsi-ld:Road:target'

/** One Attribute of each type. */
export const EVERY_ATTRIBUTE = {
  speed: {
    type: 'Property',
    value: 50,
    unitCode: 'KMH',
    observedAt: '2026-02-23T05:59:13Z',
    valueType: 'Speed',
    accuracy: { type: 'Property', value: 0.5 },
  },
  location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [-3.8, 43.46] } },
  street: { type: 'LanguageProperty', languageMap: { es: 'Sardinero', en: ['Sardinero', 'beach'] } },
  category: { type: 'VocabProperty', vocab: ['tertiary', 'urban'] },
  raw: { type: 'JsonProperty', json: { id: 1, deep: [{ a: null }] } },
  lanes: { type: 'ListProperty', valueList: [1, 'two', { three: 3 }], unitCode: 'C62' },
  crosses: {
    type: 'Relationship',
    object: 'urn:ngsi-ld:Road:2',
    objectType: 'Road',
    datasetId: 'urn:ngsi-ld:Dataset:1',
  },
  passes: {
    type: 'ListRelationship',
    objectList: [{ object: 'urn:ngsi-ld:Place:1' }, { object: 'urn:ngsi-ld:Place:2' }],
  },
} as const

export const TARGET_ENTITY = { id: TARGET, type: 'Road', scope: '/Mobility', ...EVERY_ATTRIBUTE }

export async function createTarget(broker: { readonly url: string }, id = TARGET): Promise<void> {
  await send(broker, {
    method: 'POST',
    path: `${API}/entityOperations/upsert`,
    headers: JSON_BODY,
    body: JSON.stringify([{ ...TARGET_ENTITY, id }]),
  })
}

const target = entityPath(TARGET)

export const bodyOperations: readonly (Required<Pick<Sent, 'method' | 'path'>> & { readonly name: string })[] = [
  { name: 'create', method: 'POST', path: `${API}/entities` },
  { name: 'replace', method: 'PUT', path: target },
  { name: 'merge', method: 'PATCH', path: target },
  { name: 'merge simplified', method: 'PATCH', path: `${target}?format=simplified` },
  { name: 'append', method: 'POST', path: `${target}/attrs` },
  { name: 'append without overwriting', method: 'POST', path: `${target}/attrs?options=noOverwrite` },
  { name: 'update', method: 'PATCH', path: `${target}/attrs` },
  { name: 'partial update', method: 'PATCH', path: `${target}/attrs/speed` },
  { name: 'partial update of a geometry', method: 'PATCH', path: `${target}/attrs/location` },
  { name: 'replace an attribute', method: 'PUT', path: `${target}/attrs/speed` },
  { name: 'batch create', method: 'POST', path: `${API}/entityOperations/create` },
  { name: 'batch upsert', method: 'POST', path: `${API}/entityOperations/upsert` },
  { name: 'batch upsert by update', method: 'POST', path: `${API}/entityOperations/upsert?options=update` },
  { name: 'batch update', method: 'POST', path: `${API}/entityOperations/update` },
  { name: 'batch merge', method: 'POST', path: `${API}/entityOperations/merge` },
  { name: 'batch delete', method: 'POST', path: `${API}/entityOperations/delete` },
  { name: 'add a context', method: 'POST', path: `${API}/jsonldContexts` },
]
