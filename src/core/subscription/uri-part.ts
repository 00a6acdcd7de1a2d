/** A part of a URI as it was meant; where it is not well encoded, as it stands there. Never throws. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
