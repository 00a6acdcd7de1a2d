import { CORE } from './uri.ts'

/** 4.8, 5.2.5–5.2.7: what is not reified of an Entity or an Attribute, and may be compared and ordered by; with its IRI. */
export const PATH_MEMBERS: ReadonlyMap<string, string> = new Map([
  ...['createdAt', 'modifiedAt', 'expiresAt', 'observedAt', 'unitCode', 'datasetId'].map(
    (name) => [name, CORE + name] as const,
  ),
  ['valueType', `${CORE}hasValueType`],
  ['objectType', `${CORE}hasObjectType`],
])
