/** Generators of steps for the reference model: fragments that mostly fit what is there, in every representation. */

import fc from 'fast-check'
import { type Form, type Json, type Kind, MEMBERS, NULL, type Sent, type Step } from './reference-fragments.ts'

const small = fc.integer({ min: 0, max: 9 })
const uri = fc.constantFrom('urn:x:1', 'urn:x:2', 'urn:x:3')
const leaf: fc.Arbitrary<Json> = fc.oneof(
  { arbitrary: small, weight: 4 },
  { arbitrary: fc.constant<Json>([1, { x: 2 }]), weight: 1 },
  { arbitrary: fc.constant<Json>(NULL), weight: 1 },
)
const object = (inner: fc.Arbitrary<Json>) => fc.record({ x: inner, y: inner, z: inner }, { requiredKeys: [] })
const nested = object(fc.oneof({ arbitrary: leaf, weight: 3 }, { arbitrary: object(leaf), weight: 2 }))

const values: Readonly<Record<Kind, fc.Arbitrary<Json>>> = {
  Property: fc.oneof<fc.Arbitrary<Json>[]>(
    small,
    fc.constant('text'),
    nested,
    nested,
    fc.constant({}),
    fc.constant([{ x: 1 }, 2]),
  ),
  GeoProperty: fc.tuple(small, small).map((coordinates) => ({ type: 'Point', coordinates })),
  LanguageProperty: fc.record(
    { es: fc.constantFrom('a', 'b'), en: fc.constantFrom('c', NULL, ['d', 'e']) },
    { requiredKeys: ['es'] },
  ),
  VocabProperty: fc.constantFrom<Json>('v1', 'v2', ['v1', 'v2']),
  JsonProperty: fc.constantFrom<Json>({ x: 1 }, { y: { z: 2 } }, [{ x: 1 }]),
  ListProperty: fc.array(small, { maxLength: 2 }),
  Relationship: fc.oneof<fc.Arbitrary<Json>[]>(uri, fc.array(uri, { minLength: 1, maxLength: 2 })),
  ListRelationship: fc.array(uri, { minLength: 1, maxLength: 2 }),
}
const kinds = Object.keys(MEMBERS) as Kind[]

/** Names that mostly keep their kind, so that merges fit, and one that changes it. */
const kindOf: Readonly<Record<string, fc.Arbitrary<Kind>>> = {
  p: fc.constant('Property'),
  r: fc.constantFrom('Relationship', 'Relationship', 'Property'),
  m: fc.constantFrom('LanguageProperty', 'GeoProperty'),
  any: fc.constantFrom(...kinds),
}
const names = ['p', 'p', 'r', 'm', 'any']

function sentOf(name: string, depth: number): fc.Arbitrary<Sent> {
  const kind = kindOf[name] ?? fc.constant<Kind>('Property')
  const elements = fc.record(
    {
      observedAt: fc.constantFrom('2026-01-01T00:00:00Z', '2026-02-02T00:00:00.5Z', NULL),
      unitCode: fc.constantFrom('CEL', 'KMH', NULL),
    },
    { requiredKeys: [] },
  )
  return kind.chain((sentKind) => {
    const value = fc.oneof(
      { arbitrary: values[sentKind], weight: 8 },
      { arbitrary: fc.constant<Json>(NULL), weight: 1 },
      { arbitrary: fc.constant(undefined), weight: 1 },
    )
    const some = <T extends object>(parts: fc.Arbitrary<T>) => fc.oneof(fc.constant({}), parts)
    const parts = {
      value,
      elements: some(elements),
      subs: depth === 0 ? fc.constant({}) : some(attributesOf(depth - 1)),
    }
    return fc.record(parts).map(({ value: sent, ...rest }) => instance(sentKind, sent, rest))
  })
}

/** Only Properties have units, but for what is sent without a type; a deletion has nothing beside it. */
function instance(kind: Kind, value: Json | undefined, rest: Pick<Sent, 'elements' | 'subs'>): Sent {
  if (value === NULL) return { kind, value, elements: {}, subs: {} }
  const { unitCode, ...others } = rest.elements
  const unit = unitCode === undefined || (kind !== 'Property' && unitCode !== 'CEL') ? {} : { unitCode }
  return { kind, ...(value !== undefined && { value }), elements: { ...others, ...unit }, subs: rest.subs }
}

function attributesOf(depth: number): fc.Arbitrary<Record<string, readonly Sent[]>> {
  const some = depth === 0 ? ['s', 't'] : names
  const datasets = fc.constantFrom([undefined], [undefined], ['urn:d:1'], [undefined, 'urn:d:1'])
  const all = (name: string) =>
    datasets.chain((ids) =>
      fc
        .tuple(...ids.map(() => sentOf(name, depth)))
        .map((sent) => sent.map((one, i) => (ids[i] === undefined ? one : { ...one, datasetId: ids[i] }))),
    )
  return fc
    .uniqueArray(fc.constantFrom(...some), { minLength: 1, maxLength: 2 })
    .chain((chosen) =>
      fc.tuple(...chosen.map(all)).map((sent) => Object.fromEntries(chosen.map((name, i) => [name, sent[i] ?? []]))),
    )
}

const fragment = fc.record(
  {
    types: fc.constantFrom(['T'], ['T'], ['T', 'U'], ['V']),
    scope: fc.constantFrom('/a', '/b/c'),
    attributes: attributesOf(1),
  },
  { requiredKeys: ['types', 'attributes'] },
)
const twoForms = fc.constantFrom<Form>('normalized', 'concise')

const whole = fc
  .record({
    operation: fc.constantFrom(
      'create',
      'replace',
      'append',
      'appendNoOverwrite',
      'update',
      'update',
      'merge',
      'merge',
      'merge',
    ),
    form: fc.constantFrom<Form>('normalized', 'concise', 'simplified'),
    fragment,
    keepsNulls: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  })
  .map(({ keepsNulls, ...step }) => tidied(step as Step, keepsNulls))
const one = fc
  .record({
    operation: fc.constantFrom('partialUpdate', 'partialUpdate', 'replaceAttribute'),
    form: twoForms,
    name: fc.constantFrom(...names),
  })
  .chain(({ name, ...step }) =>
    fc
      .tuple(sentOf(name, 1), fc.constantFrom({}, {}, { datasetId: 'urn:d:1' }))
      .map(([sent, dataset]) => ({ ...step, name, sent: { ...sent, ...dataset } })),
  )
  .chain((step) => fc.integer({ min: 0, max: 9 }).map((n) => tidied(step as Step, n === 0)))
const deletion = fc.record(
  {
    operation: fc.constant('deleteAttribute'),
    name: fc.constantFrom(...names),
    deleteAll: fc.boolean(),
    datasetId: fc.constant('urn:d:1'),
  },
  { requiredKeys: ['operation', 'name', 'deleteAll'] },
)
const removal = fc.oneof(
  { arbitrary: deletion, weight: 3 },
  { arbitrary: fc.constant({ operation: 'delete' }), weight: 1 },
)
export const stepArb: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: whole, weight: 12 },
  { arbitrary: one, weight: 6 },
  { arbitrary: removal as fc.Arbitrary<Step>, weight: 2 },
)

/** Simplified is for merges, and can say values only. Most fragments have no NGSI-LD Null where it is refused. */
function tidied(given: Step, keepsNulls: boolean): Step {
  if (!('form' in given)) return given
  const form = given.form === 'simplified' && given.operation !== 'merge' ? 'concise' : given.form
  const takesNulls = keepsNulls || ['merge', 'update', 'partialUpdate'].includes(given.operation)
  const tidy = (sent: Sent, _: number, { length }: { readonly length: number }): Sent => {
    const inner = given.operation === 'merge' || keepsNulls
    // Of several objects without type and value, nobody could say that they are instances.
    const complete = !['merge', 'partialUpdate'].includes(given.operation) || form === 'simplified' || length > 1
    const value = tidyValue(sent, takesNulls, inner, complete)
    const base = {
      kind: sent.kind,
      ...(value !== undefined && { value }),
      ...(sent.datasetId && { datasetId: sent.datasetId }),
    }
    if (form === 'simplified') return { ...base, elements: {}, subs: {} }
    const elements = Object.entries(sent.elements).filter(([, element]) => takesNulls || element !== NULL)
    const subs = Object.entries(sent.subs).map(([name, all]) => [name, all.map(tidy)])
    return { ...base, elements: Object.fromEntries(elements), subs: Object.fromEntries(subs) }
  }
  if ('sent' in given) return { ...given, form, sent: tidy(given.sent, 0, [given.sent]) }
  const attributes = Object.entries(given.fragment.attributes).map(([name, all]) => [name, all.map(tidy)])
  return { ...given, form, fragment: { ...given.fragment, attributes: Object.fromEntries(attributes) } } as Step
}

const DEFAULTS: Readonly<Record<Kind, Json>> = {
  Property: 1,
  GeoProperty: { type: 'Point', coordinates: [0, 0] },
  LanguageProperty: { es: 'x' },
  VocabProperty: 'v',
  JsonProperty: { x: 0 },
  ListProperty: [0],
  Relationship: 'urn:x:0',
  ListRelationship: ['urn:x:0'],
}

function tidyValue({ kind, value }: Sent, nulls: boolean, inner: boolean, complete: boolean): Json | undefined {
  if (value === undefined) return complete ? DEFAULTS[kind] : undefined
  if (value === NULL) return nulls ? NULL : DEFAULTS[kind]
  return inner || !JSON.stringify(value).includes(NULL) ? value : DEFAULTS[kind]
}
