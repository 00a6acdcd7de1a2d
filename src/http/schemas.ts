/** Ajv on the schemas of the OpenAPI document. */

import { createRequire } from 'node:module'
import type { Ajv2020, ErrorObject, ValidateFunction } from 'ajv/dist/2020.js'
import { openApiDocument } from './openapi.ts'

export type { ErrorObject }

const require = createRequire(import.meta.url)
const DOCUMENT = 'boya'

let ajv: Ajv2020 | undefined

/** Compiles a schema that has no references. */
export function compileSchema(schema: object): ValidateFunction {
  ajv ??= createAjv()
  return ajv.compile(schema)
}

/** Compiles the schema at a JSON pointer into the document, such as `/components/schemas/Entity`. */
export function compileAt(pointer: string): ValidateFunction {
  return compileSchema({ $ref: `${DOCUMENT}#${encodeURI(pointer)}` })
}

function createAjv(): Ajv2020 {
  // Loaded here, with the first request that has something to check: at the start it would cost 80 ms.
  const { Ajv2020: Ajv } = require('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js')
  // Formats are left to the decoders, which know them as the standard has them: 4.6.3 allows less than date-time.
  // verbose: an error brings along the schema with its examples, and the value that was found.
  const created = new Ajv({
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    validateFormats: false,
    verbose: true,
  })
  const document = openApiDocument()
  // Ajv takes the whole document for a schema, whose members are keywords that it is to leave alone.
  created.addVocabulary(Object.keys(document))
  return created.addSchema(document, DOCUMENT, false, false)
}
