/** The NGSI-LD Attribute Projection Language (4.21), as far as it goes without linked entities. */

import { isName } from '../model/name.ts'
import { badRequest } from '../model/problems.ts'

const MEMBERS = new Set(['id', 'type', 'scope'])

/**
 * Parses `temperature,humidity` or `id|name` into `id`, `type`, `scope` and IRIs.
 * Throws BadRequestData where a name is missing or wrong, and for `observation{temperature}`: "If projection attributes
 * are present and indicate the use of Linked Entity retrieval and the use of Linked Entity retrieval is not specified".
 */
export function parseProjection(
  text: string,
  parameter: string,
  expand: (name: string) => string,
): ReadonlySet<string> {
  if (/[{}]/.test(text)) {
    throw badRequest(
      'names members of linked entities in braces; this needs the retrieval of linked entities (join)',
      parameter,
    )
  }
  const names = text.split(/[|,]/)
  for (const name of names) {
    if (!isName(name))
      throw badRequest(`expected names separated by "," such as id,type,name; found "${name}"`, parameter)
  }
  return new Set(names.map((name) => (MEMBERS.has(name) ? name : expand(name))))
}
