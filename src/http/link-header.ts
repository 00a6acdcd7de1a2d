/** The Link header of requests: the @context (6.3.5) and the profile (6.3.21). */

import LinkHeader from 'http-link-header'
import { LRUCache } from 'lru-cache'
import { CONTEXT_RELATION } from '../core/jsonld/context-link.ts'
import { badRequest, Problem } from '../core/model/problems.ts'
import { parseVersion, type Version } from '../core/representation/downgrade.ts'

const PROFILE = 'https://uri.etsi.org/ngsi-ld/profile/'

interface RequestLinks {
  /** URL of the @context. */
  readonly context?: string
  /** Version of the standard that the body conforms to. */
  readonly version?: Version
}

const NONE: RequestLinks = {}
const remembered = new LRUCache<string, RequestLinks>({ max: 1000 })

/** Throws InvalidRequest where the header cannot be read, BadRequestData where it names two @contexts. */
export function parseLinks(header: string | undefined): RequestLinks {
  if (header === undefined || header === '') return NONE
  const known = remembered.get(header)
  if (known !== undefined) return known
  const links = parse(header)
  remembered.set(header, links)
  return links
}

function parse(header: string): RequestLinks {
  let references: ReturnType<typeof LinkHeader.parse>['refs']
  try {
    // Long runs of spaces cost the parser the square of their length.
    references = LinkHeader.parse(header.replaceAll(/\s{2,}/g, ' ')).refs
  } catch {
    throw new Problem(
      'InvalidRequest',
      `cannot be read; it looks like <https://example.org/context.jsonld>; rel="${CONTEXT_RELATION}"; type="application/ld+json"`,
      'Link',
    )
  }
  const contexts = references.filter(({ rel }) => rel === CONTEXT_RELATION)
  if (contexts.length > 1)
    throw badRequest('names more than one @context; put several into one document and link to that', 'Link')
  const profile = references.find(({ rel, uri }) => rel === 'profile' && uri.startsWith(PROFILE))
  // The profile is "an additional hint" (5.5.4): one that names no version says nothing.
  const version = profile && parseVersion(profile.uri.slice(PROFILE.length))
  return {
    ...(contexts[0] !== undefined && { context: contexts[0].uri }),
    ...(version !== undefined && { version }),
  }
}
