/** What Ajv found, in words for the sender of the request: where, what was expected, what was found, an example. */

import { badRequest, Problem } from '../core/model/problems.ts'
import { show } from '../core/model/show.ts'
import type { ErrorObject } from './schemas.ts'

type Errors = readonly ErrorObject[] | null | undefined

/** `options` and `format` are InvalidRequest (6.3.20), other parameters BadRequestData. */
export function explainParameter(operationId: string, errors: Errors): Problem {
  const error = first(errors)
  const name = error.instancePath.split('/')[1] ?? ''
  if (error.keyword === 'enum' && (name === 'options' || name === 'format')) {
    const allowed = allowedOf(error).join(', ')
    // 6.3.20: "values of the options parameter that are not supported by the operation … InvalidRequest"
    return new Problem('InvalidRequest', `${operationId} takes ${allowed} here, found ${show(error.data)}`, name)
  }
  if (error.data === '')
    return badRequest('is empty, or has an empty item in its list; write a value, or leave it out', name)
  return badRequest(`expected ${expectation(error)}, found ${show(error.data)}`, name)
}

/** BadRequestData for a body that a schema refuses: what is wrong with its first fault, and where. */
export function explainBody(operationId: string, errors: Errors): Problem {
  const error = first(errors)
  const { instancePath } = error
  if (error.keyword === 'required') {
    const member = String(error.params.missingProperty)
    return badRequest(`"${member}" is missing${example(error)}`, `${instancePath}/${member}`)
  }
  if (error.keyword === 'additionalProperties') {
    const member = String(error.params.additionalProperty)
    return badRequest(`there is no member "${member}" here; it has ${membersOf(error)}`, `${instancePath}/${member}`)
  }
  const detail = `expected ${expectation(error)}, found ${show(error.data)}${example(error)}`
  if (instancePath !== '' || error.keyword !== 'type') return badRequest(detail, instancePath)
  // 5.5.2: a body that is another kind of document altogether "includes wrong content".
  return new Problem('InvalidRequest', `${detail}${hintFor(operationId, error)}`, instancePath)
}

function membersOf({ parentSchema }: ErrorObject): string {
  const properties: unknown = parentSchema?.properties
  return Object.keys(typeof properties === 'object' && properties !== null ? properties : {}).join(', ')
}

/** The first one is the innermost: of alternatives, the one that is the usual. */
function first(errors: Errors): ErrorObject {
  const error = errors?.[0]
  if (error === undefined) throw new Error('a validation failed without an error')
  return error
}

function expectation(error: ErrorObject): string {
  const { params } = error
  switch (error.keyword) {
    case 'type':
      return (Array.isArray(params.type) ? params.type : [params.type]).map(withArticle).join(' or ')
    case 'enum':
      return `one of ${allowedOf(error).join(', ')}`
    case 'const':
      return show(params.allowedValue)
    case 'minItems':
      return params.limit === 1 ? 'at least one item' : `at least ${params.limit} items`
    case 'minimum':
      return `${params.limit} or more`
    case 'exclusiveMinimum':
      return `more than ${params.limit}`
    case 'maximum':
      return `${params.limit} or less`
    case 'minLength':
      return 'text that is not empty'
    default:
      return `what the schema says (${error.message})`
  }
}

function allowedOf({ params }: ErrorObject): readonly string[] {
  return params.allowedValues
}

const ARTICLES: Readonly<Record<string, string>> = {
  object: 'a JSON object',
  array: 'an array',
  integer: 'a whole number',
  boolean: 'true or false',
}

function withArticle(type: string): string {
  return ARTICLES[type] ?? `a ${type}`
}

/** An array for an object and the reverse: the other kind of operation was meant, or the brackets were forgotten. */
function hintFor(operationId: string, { params, data }: ErrorObject): string {
  if (params.type === 'object' && Array.isArray(data) && operationId.endsWith('Entity'))
    return '; several entities go to /ngsi-ld/v1/entityOperations/'
  if (params.type === 'array') return '; put it into an array: […]'
  return ''
}

function example({ parentSchema }: ErrorObject): string {
  const value: unknown = parentSchema?.examples?.[0]
  return value === undefined ? '' : `; for example ${JSON.stringify(value)}`
}
