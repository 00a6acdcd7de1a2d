/** How many there are of each key; those of which there are none take no memory. */
export interface Counter {
  of(key: string): number
  add(key: string, by: number): void
}

export function createCounter(): Counter {
  const counts = new Map<string, number>()
  const of = (key: string): number => counts.get(key) ?? 0
  return {
    of,
    add: (key, by) => {
      const next = of(key) + by
      if (next === 0) counts.delete(key)
      else counts.set(key, next)
    },
  }
}
