/** Requests against the OpenAPI document (6.3.20): parameters become typed values, bodies have the right shape. */

import { nearestName } from '../core/model/nearest-name.ts'
import { pointerPart } from '../core/model/pointer.ts'
import { Problem } from '../core/model/problems.ts'
import { explainBody, explainParameter } from './explain.ts'
import { operationOf, type ParameterObject, parameterNames, queryParametersOf, type SchemaObject } from './openapi.ts'
import { compileAt, compileSchema } from './schemas.ts'

type ParameterValue = string | number | boolean | readonly string[]
/** The query parameters that were sent, by name, typed as their schemas say. */
export type Parameters = Readonly<Record<string, ParameterValue | undefined>>
/** A query string as it is parsed: an array where a parameter stands several times. */
export type RawQuery = Readonly<Record<string, string | readonly string[] | undefined>>

type ParameterParser = (query: RawQuery) => Parameters
type BodyCheck = (body: unknown) => void

const NONE: Parameters = Object.freeze({})
const parsers = new Map<string, ParameterParser>()
const checks = new Map<string, BodyCheck>()

/**
 * The parser of an operation's query parameters. It throws InvalidRequest for unknown and doubled parameters and for
 * values of `options` and `format` that the operation does not have (6.3.20), OperationNotSupported for parameters of
 * the standard that are not there yet (5.5.6), BadRequestData for other wrong values; `at` is the parameter's name.
 */
export function parametersOf(operationId: string): ParameterParser {
  return remembered(parsers, operationId, createParser)
}

/**
 * The check of an operation's body for its outer shape; it throws BadRequestData with a JSON pointer. What is inside
 * an entity is the decoders' (core/representation).
 */
export function bodyValidator(operationId: string): BodyCheck {
  return remembered(checks, operationId, createCheck)
}

function remembered<T>(made: Map<string, T>, operationId: string, make: (operationId: string) => T): T {
  let value = made.get(operationId)
  if (value === undefined) {
    value = make(operationId)
    made.set(operationId, value)
  }
  return value
}

/** Requests without parameters, which most are, need no document and no Ajv. */
function createParser(operationId: string): ParameterParser {
  let parse: ParameterParser | undefined
  return (query) => {
    if (isEmpty(query)) return NONE
    parse ??= compileParser(operationId)
    return parse(query)
  }
}

function isEmpty(query: RawQuery): boolean {
  for (const _name in query) return false
  return true
}

function compileParser(operationId: string): ParameterParser {
  const known = new Map(queryParametersOf(operationOf(operationId)).map((parameter) => [parameter.name, parameter]))
  const properties = Object.fromEntries([...known].map(([name, { schema }]) => [name, schema]))
  const validate = compileSchema({ type: 'object', properties })
  return (query) => {
    const values: Record<string, ParameterValue> = {}
    for (const name in query) {
      const parameter = known.get(name)
      if (parameter === undefined) throw unknownParameter(operationId, name, [...known.keys()])
      values[name] = typedValue(parameter, query[name] ?? '')
    }
    if (!validate(values)) throw explainParameter(operationId, validate.errors)
    return values
  }
}

/** 6.3.20: "parameters that are incompatible with the operation … InvalidRequest" */
function unknownParameter(operationId: string, name: string, known: readonly string[]): Problem {
  const later = operationOf(operationId).operation['x-not-supported-yet'] ?? []
  if (later.includes(name)) {
    const detail = `the parameter '${name}' is not supported by this version of Boya yet; leave it out`
    return new Problem('OperationNotSupported', detail, name)
  }
  // What is one elsewhere is not misspelt.
  const nearest = parameterNames().has(name) ? undefined : nearestName(name, [...known, ...later])
  const takes = known.length === 0 ? 'it takes none' : `it takes ${known.join(', ')}`
  const hint = nearest === undefined ? takes : `did you mean '${nearest}'?`
  return new Problem('InvalidRequest', `${operationId} has no such parameter; ${hint}`, name)
}

function typedValue({ name, schema }: ParameterObject, sent: string | readonly string[]): ParameterValue {
  if (schema.type === 'array') return String(sent).split(',')
  if (typeof sent === 'string') return scalarOf(schema, sent)
  throw new Problem('InvalidRequest', 'stands several times; send it once', name)
}

/** Stricter than Ajv's coercion, which takes 0x10, 1e3 and Infinity. What is no such scalar stays text, and is refused. */
function scalarOf({ type }: SchemaObject, sent: string): string | number | boolean {
  if (type === 'integer' && /^-?\d+$/.test(sent)) return Number(sent)
  if (type === 'boolean' && (sent === 'true' || sent === 'false')) return sent === 'true'
  return sent
}

function createCheck(operationId: string): BodyCheck {
  const { path, method } = operationOf(operationId)
  // All media types of an operation have the same schema.
  const validate = compileAt(`/paths/${pointerPart(path)}/${method}/requestBody/content/application~1json/schema`)
  return (body) => {
    if (!validate(body)) throw explainBody(operationId, validate.errors)
  }
}
