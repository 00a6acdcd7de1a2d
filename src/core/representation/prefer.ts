/** The Prefer header (RFC 7240) as 6.3.6 uses it, and 6.3.8. */

import { FIRST_VERSION, parseVersion, type Version } from './downgrade.ts'

interface Preferences {
  /** `body=json`: GeoJSON without @context in the body. */
  readonly bodyIsJson: boolean
  /** `ngsi-ld=<version>`: a payload that conforms to that version of the standard. */
  readonly version?: Version
}

const NONE: Preferences = { bodyIsJson: false }

/** RFC 7240, section 2: preferences that are not understood are ignored, as are versions that there never were. */
export function parsePrefer(header: string): Preferences {
  if (header === '') return NONE
  // Of one that stands twice the first counts; so it is the last that the map is given.
  const preferences = new Map(header.split(/[,;]/).map(parsePreference).reverse())
  const version = parseVersion(preferences.get('ngsi-ld') ?? '')
  const exists = version !== undefined && version >= FIRST_VERSION
  return { bodyIsJson: preferences.get('body') === 'json', ...(exists && { version }) }
}

function parsePreference(part: string): readonly [string, string] {
  const [name = '', value = ''] = part.split('=')
  return [name.trim().toLowerCase(), value.trim().replaceAll('"', '')]
}
