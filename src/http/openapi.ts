/** The OpenAPI document: the contract that requests are checked against, and that people read. */

import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'

export interface ParameterObject {
  readonly name: string
  readonly in: 'query' | 'path' | 'header'
  readonly schema: Readonly<Record<string, unknown>>
}

export interface OperationObject {
  readonly operationId: string
  readonly parameters?: readonly (ParameterObject | { readonly $ref: string })[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: { readonly $ref?: string } }>> }
  /** Our extension: parameters of the standard that this version refuses by name (5.5.6). */
  readonly 'x-not-supported-yet'?: readonly string[]
}

export interface OpenApiDocument {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>
  readonly components: {
    readonly parameters: Readonly<Record<string, ParameterObject>>
    readonly schemas: Readonly<Record<string, unknown>>
    readonly responses: Readonly<Record<string, unknown>>
  }
}

const file = new URL('../../openapi/boya.yaml', import.meta.url)

let text: string | undefined
let document: OpenApiDocument | undefined
let json: string | undefined

export function openApiYaml(): string {
  text ??= readFileSync(file, 'utf8')
  return text
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
export function operationOf(operationId: string): OperationObject {
  for (const path of Object.values(openApiDocument().paths)) {
    const found = Object.values(path).find((operation) => operation.operationId === operationId)
    if (found !== undefined) return found
  }
  throw new Error(`openapi/boya.yaml has no operation ${operationId}`)
}

export function queryParametersOf({ parameters = [] }: OperationObject): readonly ParameterObject[] {
  const { components } = openApiDocument()
  return parameters
    .map((parameter) =>
      '$ref' in parameter ? components.parameters[parameter.$ref.split('/').pop() ?? ''] : parameter,
    )
    .filter((parameter): parameter is ParameterObject => parameter?.in === 'query')
}
