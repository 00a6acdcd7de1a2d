/** The OpenAPI document: the contract that requests are checked against, and that people read. */

import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'

/** What Boya itself reads of a Schema Object; Ajv reads the rest. */
export interface SchemaObject {
  readonly type?: string | readonly string[]
}

export interface ParameterObject {
  readonly name: string
  readonly in: 'query' | 'path' | 'header'
  readonly schema: SchemaObject
}

interface Reference {
  readonly $ref: string
}

interface OperationObject {
  readonly operationId: string
  readonly description: string
  readonly parameters?: readonly (ParameterObject | Reference)[]
  readonly requestBody?: { readonly content: Readonly<Record<string, Readonly<Record<string, unknown>>>> }
  /** Our extension: parameters of the standard that this version refuses by name (5.5.6). */
  readonly 'x-not-supported-yet'?: readonly string[]
}

interface OpenApiDocument {
  readonly info: { readonly version: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>
  readonly components: {
    readonly parameters: Readonly<Record<string, ParameterObject>>
    readonly schemas: Readonly<Record<string, SchemaObject>>
  }
}

/** An operation, and where it stands in the document. */
interface LocatedOperation {
  readonly path: string
  readonly method: string
  readonly operation: OperationObject
}

// The same from src/http/ and from dist/http/.
const file = new URL('../../openapi/boya.yaml', import.meta.url)

let yaml: string | undefined
let document: OpenApiDocument | undefined
let json: string | undefined
let names: ReadonlySet<string> | undefined
let located: ReadonlyMap<string, LocatedOperation> | undefined

export function openApiYaml(): string {
  yaml ??= readFileSync(file, 'utf8')
  return yaml
}

/** Read once, when the first request needs it. */
export function openApiDocument(): OpenApiDocument {
  document ??= load(openApiYaml()) as OpenApiDocument
  return document
}

export function openApiJson(): string {
  json ??= JSON.stringify(openApiDocument())
  return json
}

/** Throws where there is no such operation: a route without a contract. */
export function operationOf(operationId: string): LocatedOperation {
  located ??= new Map(allOperations().map((each) => [each.operation.operationId, each]))
  const found = located.get(operationId)
  if (found === undefined) throw new Error(`openapi/boya.yaml has no operation ${operationId}`)
  return found
}

export function allOperations(): readonly LocatedOperation[] {
  return Object.entries(openApiDocument().paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  )
}

/** An operation's query parameters, references followed. */
export function queryParametersOf({ operation: { parameters = [] } }: LocatedOperation): readonly ParameterObject[] {
  return parameters.map(resolve).filter((parameter) => parameter.in === 'query')
}

/** Those of the query of all operations. */
export function parameterNames(): ReadonlySet<string> {
  names ??= new Set(allOperations().flatMap((each) => queryParametersOf(each).map(({ name }) => name)))
  return names
}

function resolve(parameter: ParameterObject | Reference): ParameterObject {
  if (!('$ref' in parameter)) return parameter
  const found = openApiDocument().components.parameters[parameter.$ref.replace('#/components/parameters/', '')]
  if (found === undefined) throw new Error(`openapi/boya.yaml has no ${parameter.$ref}`)
  return found
}
