import { readFileSync } from 'node:fs'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { allOperations, openApiDocument, openApiJson, openApiYaml } from '../src/http/openapi.ts'
import { routes } from '../src/http/routes.ts'
import { parametersOf } from '../src/http/validate.ts'

type Node = Readonly<Record<string, unknown>>

const document = openApiDocument()
const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, validateFormats: false })
ajv.addVocabulary(Object.keys(document))
ajv.addSchema(document, 'boya', false, false)

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null
}

/** Every object and array of the document with its JSON pointer; not what is inside examples, which is data. */
function* nodes(value: unknown, pointer = ''): Generator<{ readonly pointer: string; readonly node: Node }> {
  if (!isNode(value)) return
  yield { pointer, node: value }
  for (const [key, inner] of Object.entries(value)) {
    const isData = key === 'example' || key === 'value' || (key === 'examples' && Array.isArray(inner))
    const isMember = pointer.endsWith('/properties')
    if (isData && !isMember) continue
    yield* nodes(inner, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
  }
}

function at(pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((value, key) => (isNode(value) ? value[key] : undefined), document)
}

const all = [...nodes(document)]

function faultsOf(pointer: string, value: unknown): string | undefined {
  const validate = ajv.compile({ $ref: `boya#${encodeURI(pointer)}` })
  return validate(value) ? undefined : `${pointer}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(value)}`
}

/** The example values that stand beside a schema, references followed. */
function examplesBeside({ example, examples }: Node): unknown[] {
  const many = isNode(examples) ? Object.values(examples) : []
  const values = many.map((each) => {
    const named = isNode(each) && typeof each.$ref === 'string' ? at(each.$ref.slice(1)) : each
    return isNode(named) ? named.value : undefined
  })
  return example === undefined ? values : [example, ...values]
}

describe('openapi/boya.yaml', () => {
  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator()
    const result = await validator.validate(JSON.parse(openApiJson()))
    expect(result).toEqual({ valid: true })
    expect(validator.version).toBe('3.1')
  })

  it('has the version of the package', () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
    expect(document.info.version).toBe(version)
  })

  it('names each operation once', () => {
    const ids = allOperations().map(({ operation }) => operation.operationId)
    expect(ids).toEqual([...new Set(ids)])
  })

  it('has exactly the routes that there are', () => {
    const documented = allOperations().map(
      ({ path, method, operation }) => `${method.toUpperCase()} ${path} ${operation.operationId}`,
    )
    const served = routes.map(({ method, path, operationId }) => `${method} ${path} ${operationId}`)
    expect(documented.sort()).toEqual(served.sort())
  })

  it('names the clauses of each route in its description', () => {
    const clauses = new Map(routes.map(({ operationId, clause }) => [operationId, clause]))
    const wrong = allOperations()
      .map(({ operation }) => operation)
      .filter(({ operationId, description }) => !description.startsWith(clauses.get(operationId) ?? 'no such route'))
    expect(wrong.map(({ operationId, description }) => `${operationId}: ${description}`)).toEqual([])
  })

  it('has no reference that leads nowhere', () => {
    const references = all.flatMap(({ node }) => (typeof node.$ref === 'string' ? [node.$ref] : []))
    expect(references.length).toBeGreaterThan(100)
    expect(references.filter((reference) => at(reference.replace(/^#/, '')) === undefined)).toEqual([])
  })

  it('has no component that nothing refers to', () => {
    const used = new Set(all.map(({ node }) => node.$ref))
    const components = Object.entries(document.components).flatMap(([kind, named]) =>
      Object.keys(named).map((name) => `#/components/${kind}/${name}`),
    )
    expect(components.filter((reference) => !used.has(reference))).toEqual([])
  })

  it('has schemas that Ajv compiles in strict mode', () => {
    const schemas = all.filter(({ pointer }) => /\/schema$|^\/components\/schemas\/\w+$/.test(pointer))
    expect(schemas.length).toBeGreaterThan(100)
    for (const { pointer } of schemas) ajv.compile({ $ref: `boya#${encodeURI(pointer)}` })
  })

  it('has examples that are what their schemas say', () => {
    let count = 0
    const faults: (string | undefined)[] = []
    for (const { pointer, node } of all) {
      if (isNode(node.schema)) {
        const values = examplesBeside(node)
        count += values.length
        faults.push(...values.map((value) => faultsOf(`${pointer}/schema`, value)))
      } else if (/^\/components\/schemas\//.test(pointer) && Array.isArray(node.examples) && 'type' in node) {
        count += node.examples.length
        faults.push(...node.examples.map((value: unknown) => faultsOf(pointer, value)))
      }
    }
    expect(count).toBeGreaterThan(40)
    expect(faults.filter((fault) => fault !== undefined)).toEqual([])
  })

  it('shows entities that are so in full, not in their outer shape only', () => {
    const bodies = ['createEntity', 'batchEntityCreation', 'batchEntityUpsert'].flatMap((operationId) => {
      const found = allOperations().find(({ operation }) => operation.operationId === operationId)
      const content = found?.operation.requestBody?.content['application/json']
      return content === undefined ? [] : examplesBeside(content).flat()
    })
    const shown = at('/components/examples/Spot/value')
    expect(bodies.length).toBeGreaterThan(3)
    expect([shown, ...bodies].map((entity) => faultsOf('/components/schemas/Entity', entity))).toEqual(
      [shown, ...bodies].map(() => undefined),
    )
    expect(faultsOf('/components/schemas/Entity', { id: 'urn:x:1', type: 'T', a: { type: 'Property' } })).toMatch(
      /value/,
    )
  })

  it('gives every operation that takes or returns NGSI-LD data an example', () => {
    const without = allOperations()
      .filter(({ path }) => path.startsWith('/ngsi-ld/'))
      .filter(({ operation: { description, requestBody } }) => {
        const content = requestBody?.content['application/json']
        return content === undefined
          ? !/`(GET|DELETE) \/ngsi-ld\/v1\//.test(description)
          : examplesBeside(content).length === 0
      })
    expect(without.map(({ operation }) => operation.operationId)).toEqual([])
  })

  it('has examples in descriptions that name operations and parameters that there are', () => {
    for (const { path, method, operation } of allOperations()) {
      const [, verb = '', url = ''] = /`(GET|DELETE) (\/(?:ngsi-ld|boya)[^`]+)`/.exec(operation.description) ?? []
      if (url === '') continue
      const { pathname, searchParams } = new URL(url, 'http://localhost')
      const pattern = new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`)
      expect(`${verb.toLowerCase()} ${pattern.test(pathname)}`).toBe(`${method} true`)
      expect(() => parametersOf(operation.operationId)(Object.fromEntries(searchParams))).not.toThrow()
    }
  })

  it('is given as YAML and as JSON, the same each time', () => {
    expect(openApiYaml()).toBe(openApiYaml())
    expect(openApiJson()).toBe(openApiJson())
    expect(JSON.parse(openApiJson())).toEqual(document)
  })
})
