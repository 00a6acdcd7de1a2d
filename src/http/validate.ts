/** Requests against the OpenAPI document (6.3.20): parameters become typed values, bodies have the right shape. */

import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import { badRequest, Problem } from '../core/model/problems.ts'
import { openApiDocument, operationOf, type ParameterObject, queryParametersOf } from './openapi.ts'

export type ParameterValue = string | number | boolean | readonly string[]
export type Parameters = Readonly<Record<string, ParameterValue | undefined>>
export type RawQuery = Readonly<Record<string, string | readonly string[] | undefined>>

const NONE: Parameters = {}
type ParameterParser = (query: RawQuery) => Parameters
const parsers = new Map<string, ParameterParser>()

/**
 * The parser of an operation's query parameters. It throws InvalidRequest for unknown and doubled parameters and for
 * values of `options` and `format` that the operation does not have (6.3.20), OperationNotSupported for parameters of
 * the standard that are not there yet (5.5.6), BadRequestData for values of the wrong type.
 */
export function parametersOf(operationId: string): ParameterParser {
  const known = parsers.get(operationId)
  if (known !== undefined) return known
  const parser = createParser(operationId)
  parsers.set(operationId, parser)
  return parser
}

function createParser(operationId: string): ParameterParser {
  const operation = operationOf(operationId)
  const parameters = new Map(queryParametersOf(operation).map((parameter) => [parameter.name, parameter]))
  const later = new Set(operation['x-not-supported-yet'])
  const properties = Object.fromEntries([...parameters].map(([name, { schema }]) => [name, schema]))
  const validate = new Ajv2020({ coerceTypes: true, strict: false, verbose: true }).compile({
    type: 'object',
    properties,
  })
  return (query) => {
    const values: Record<string, unknown> = {}
    let some = false
    for (const name in query) {
      values[name] = rawValue(name, query[name], parameters.get(name), later, [...parameters.keys()])
      some = true
    }
    if (!some) return NONE
    if (!validate(values)) throw parameterFault(validate.errors?.[0])
    return values as Parameters
  }
}

function rawValue(
  name: string,
  given: string | readonly string[] | undefined,
  parameter: ParameterObject | undefined,
  later: ReadonlySet<string>,
  known: readonly string[],
): string | string[] {
  if (parameter === undefined) throw unknownParameter(name, later, known)
  const all: readonly string[] = typeof given === 'string' ? [given] : (given ?? [])
  if (parameter.schema.type === 'array') return all.flatMap((text) => text.split(','))
  if (all.length > 1) throw new Problem('InvalidRequest', 'stands several times; send it once', name)
  return all[0] ?? ''
}

function unknownParameter(name: string, later: ReadonlySet<string>, known: readonly string[]): Problem {
  if (later.has(name)) {
    return new Problem(
      'OperationNotSupported',
      `the parameter is part of the standard, but not yet of this version of Boya; it takes ${known.join(', ')}`,
      name,
    )
  }
  const takes = known.length === 0 ? 'it takes none' : `it takes ${known.join(', ')}`
  return new Problem('InvalidRequest', `the operation has no such parameter; ${takes}`, name)
}

function parameterFault(error: ErrorObject | undefined): Problem {
  const name = error?.instancePath.split('/')[1] ?? ''
  const found = JSON.stringify(error?.data)
  // 6.3.20: "or it contains values of the options parameter that are not supported by the operation … InvalidRequest"
  if (error?.keyword === 'enum') {
    const kind = name === 'options' || name === 'format' ? 'InvalidRequest' : 'BadRequestData'
    return new Problem(kind, `${found} is none of ${error.params.allowedValues.join(', ')}`, name)
  }
  return badRequest(expectation(error, found), name)
}

function expectation(error: ErrorObject | undefined, found: string): string {
  switch (error?.keyword) {
    case 'type':
      return `expected ${EXPECTED[error.params.type] ?? error.params.type}, found ${found}`
    case 'minimum':
      return `expected ${error.params.limit} or more, found ${found}`
    case 'minLength':
      return 'has an empty value, or an empty element in its list; leave it out, or name something'
    default:
      return `${error?.message ?? 'is not right'}, found ${found}`
  }
}

const EXPECTED: Readonly<Record<string, string>> = {
  integer: 'a whole number',
  boolean: 'true or false',
  string: 'a string',
  object: 'a JSON object',
  array: 'an array',
}

const bodies = new Map<string, ValidateFunction>()
let schemas: Ajv2020 | undefined

/** The check of an operation's body for its outer shape; throws BadRequestData with a JSON pointer. */
export function bodyValidator(operationId: string): (body: unknown) => void {
  const known = bodies.get(operationId)
  const validate = known ?? compileBody(operationId)
  if (known === undefined) bodies.set(operationId, validate)
  return (body) => {
    if (!validate(body)) throw bodyFault(validate.errors ?? [])
  }
}

function compileBody(operationId: string): ValidateFunction {
  const reference = operationOf(operationId).requestBody?.content['application/json']?.schema.$ref
  if (reference === undefined) throw new Error(`openapi/boya.yaml has no body for ${operationId}`)
  schemas ??= new Ajv2020({ strict: false, validateFormats: false, verbose: true }).addSchema({
    $id: 'boya',
    components: { schemas: openApiDocument().components.schemas },
  })
  return schemas.compile({ $ref: `boya${reference}` })
}

function bodyFault(errors: readonly ErrorObject[]): Problem {
  const first = errors[0]
  if (first === undefined) return badRequest('the body is not right')
  const at = first.instancePath
  if (first.keyword === 'required') {
    const member = first.params.missingProperty
    return badRequest(`the member "${member}" is missing${EXAMPLES[member] ?? ''}`, `${at}/${member}`)
  }
  if (first.keyword === 'minItems') return badRequest('the array is empty; send at least one element', at)
  const types = errors
    .filter((error) => error.instancePath === at && error.keyword === 'type')
    .map(({ params }) => EXPECTED[params.type] ?? params.type)
  const detail = `expected ${types.join(' or ')}, found ${show(first.data)}`
  // 5.5.2: a body that is another kind of document altogether "includes wrong content".
  if (types.length > 0) return new Problem(at === '' ? 'InvalidRequest' : 'BadRequestData', detail, at)
  return badRequest(`${first.message ?? 'is not right'}, found ${show(first.data)}`, at)
}

const EXAMPLES: Readonly<Record<string, string>> = {
  id: '; give it a URI such as "urn:ngsi-ld:ParkingSpot:001"',
  type: '; give it the name of an entity type, such as "ParkingSpot"',
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
