/** URLs under which this broker serves the @contexts that it hosts (6.30). */

const PATH = '/ngsi-ld/v1/jsonldContexts/'

export interface OwnUrls {
  of(localId: string): string
  /** The local identifier that a URL of this broker's names; undefined where it is not one. */
  localIdIn(url: string): string | undefined
  /** Whether the URL's origin is the public one: nobody else answers there. */
  isPublic(url: string): boolean
}

/**
 * `publicUrl`: the origin that clients use, without a trailing slash. `ownOrigins` tells of others at which the broker
 * is reached, such as the request's own Host or loopback.
 */
export function createOwnUrls(publicUrl: () => string, ownOrigins: (origin: string) => boolean): OwnUrls {
  const isPublic = (url: string): boolean => url.startsWith(`${publicUrl()}/`)
  return {
    of: (localId) => `${publicUrl()}${PATH}${localId}`,
    localIdIn: (url) => {
      if (!url.includes(PATH) || !URL.canParse(url)) return undefined
      const { origin, pathname } = new URL(url)
      const tail = isPublic(url) ? url.slice(publicUrl().length) : ownOrigins(origin) ? pathname : ''
      return tail.startsWith(PATH) ? decode(tail.slice(PATH.length)) : undefined
    },
    isPublic,
  }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
