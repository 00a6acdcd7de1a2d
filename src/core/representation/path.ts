/** Where a decoder is: built cheaply on the way down, written out only for an error. */

import { pointerPart } from '../model/pointer.ts'
import { badRequest, type Problem } from '../model/problems.ts'

/** A place in a document, undefined for the whole of it; or a parameter of the request. */
export type Path = Step | { readonly parameter: string } | undefined

interface Step {
  readonly up: Path
  readonly key: string | number
}

/** The place of a member, or of an item by its zero-based index. */
export function below(up: Path, key: string | number): Path {
  return { up, key }
}

/** A JSON pointer (RFC 6901), or the name of the parameter. */
export function toPointer(path: Path): string {
  if (path === undefined) return ''
  return 'parameter' in path ? path.parameter : `${toPointer(path.up)}/${pointerPart(String(path.key))}`
}

/** 5.5.4: a BadRequestData that points at its cause. */
export function fault(path: Path, detail: string): Problem {
  return badRequest(detail, toPointer(path))
}
