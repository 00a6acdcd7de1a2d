/** The Prefer header (RFC 7240) as 6.3.6 uses it. */

import { badRequest } from '../core/model/problems.ts'
import { parseVersion, type Version } from '../core/representation/downgrade.ts'

export interface Preferences {
  /** `body=json`: GeoJSON without @context in the body. */
  readonly bodyIsJson: boolean
  /** `ngsi-ld=<version>`: a payload that conforms to that version of the standard. */
  readonly version?: Version
}

const NONE: Preferences = { bodyIsJson: false }

/** Throws BadRequestData where the version is none; other preferences are not ours to judge (RFC 7240, section 2). */
export function parsePrefer(header: string): Preferences {
  if (header === '') return NONE
  const preferences = new Map(header.split(/[,;]/).map(parsePreference))
  const wanted = preferences.get('ngsi-ld')
  const version = wanted === undefined ? undefined : parseVersion(wanted)
  if (wanted !== undefined && version === undefined) {
    throw badRequest(`ngsi-ld=${wanted} is no version of the standard; it looks like ngsi-ld=1.5`, 'Prefer')
  }
  return { bodyIsJson: preferences.get('body') === 'json', ...(version !== undefined && { version }) }
}

function parsePreference(part: string): readonly [string, string] {
  const [name = '', value = ''] = part.split('=')
  return [name.trim().toLowerCase(), value.trim().replaceAll('"', '')]
}
