/** The known name that takes the fewest changes (Levenshtein): what was probably meant. */
export function nearestName(name: string, known: readonly string[]): string {
  const ranked = known.map((each) => ({ each, changes: changesBetween(each, name) }))
  return ranked.sort((a, b) => a.changes - b.changes)[0]?.each ?? ''
}

function changesBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (const [i, char] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (char === other ? 0 : 1)))
    }
    row = next
  }
  return row[b.length] ?? 0
}
