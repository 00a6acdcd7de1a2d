/** Where a decoder is in a document: built cheaply on the way down, written as a JSON pointer (RFC 6901) only for an error. */

import { pointerPart } from '../model/pointer.ts'
import { badRequest, type Problem } from '../model/problems.ts'

export type Path = { readonly up: Path; readonly key: string | number } | undefined

export function below(up: Path, key: string | number): Path {
  return { up, key }
}

export function toPointer(path: Path): string {
  return path === undefined ? '' : `${toPointer(path.up)}/${pointerPart(String(path.key))}`
}

/** 5.5.4: a BadRequestData that points at its cause. */
export function fault(path: Path, detail: string): Problem {
  return badRequest(detail, toPointer(path))
}
