/** The name that somebody meant who wrote another. */

/** The one of `names` that is at most `farthest` letters away from `written`, but for its case; else undefined. */
export function nearestName(written: string, names: readonly string[], farthest = 2): string | undefined {
  let nearest: string | undefined
  let least = farthest + 1
  for (const name of names) {
    if (Math.abs(name.length - written.length) >= least) continue
    const distance = editDistance(written.toLowerCase(), name.toLowerCase())
    // A name of which more than half is different is another name.
    if (distance < least && distance * 2 <= name.length) {
      nearest = name
      least = distance
    }
  }
  return nearest
}

/** Levenshtein's: letters to put in, take out or replace. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
