/** URLs under which this broker serves the @contexts that it hosts (6.30). */

const PATH = '/ngsi-ld/v1/jsonldContexts/'

export interface OwnUrls {
  of(localId: string): string
  /**
   * The local identifier that a URL would name if it were one of this broker's; undefined where it cannot be. Hosts
   * are not asked: a broker has more names than it knows, and identifiers are random, so whoever names one that is
   * here means the one that is here.
   */
  localIdIn(url: string): string | undefined
  /** Whether the URL's origin is the public one: nobody else answers there. */
  isPublic(url: string): boolean
}

/** `publicUrl`: the origin that clients use, without a trailing slash. */
export function createOwnUrls(publicUrl: () => string): OwnUrls {
  return {
    of: (localId) => `${publicUrl()}${PATH}${localId}`,
    localIdIn: (url) => {
      if (!url.includes(PATH) || !URL.canParse(url)) return undefined
      const { pathname } = new URL(url)
      return pathname.startsWith(PATH) ? decode(pathname.slice(PATH.length)) : undefined
    },
    isPublic: (url) => url.startsWith(`${publicUrl()}/`),
  }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
