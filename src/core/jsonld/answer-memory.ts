/** Answers of term tables, remembered: of all tables together within one bound, for the questions come from requests. */

/** What term tables share; see {@link createAnswerMemory}. */
export interface AnswerMemory {
  /** The same function, which remembers what it answered until room is needed. */
  remembering(answer: (text: string) => string): (text: string) => string
}

/** Longer names are rare, and looking for them in a map costs as much as answering anew. */
const LONGEST_REMEMBERED = 256
/** Of an entry beside its characters. */
const ENTRY_BYTES = 120

/** `maxBytes`: an estimate of memory. When it is full, all is forgotten: what is still asked for is soon there again. */
export function createAnswerMemory(maxBytes: number): AnswerMemory {
  const used = new Set<Map<string, string>>()
  let bytes = 0
  const forget = (): void => {
    for (const answers of used) answers.clear()
    used.clear()
    bytes = 0
  }
  const keep = (answers: Map<string, string>, text: string, found: string): void => {
    const size = ENTRY_BYTES + 2 * (text.length + found.length)
    if (size > maxBytes) return
    if (bytes + size > maxBytes) forget()
    bytes += size
    used.add(answers)
    answers.set(copyOf(text), copyOf(found))
  }
  return {
    remembering: (answer) => {
      const answers = new Map<string, string>()
      return (text) => {
        const known = answers.get(text)
        if (known !== undefined) return known
        const found = answer(text)
        if (text.length <= LONGEST_REMEMBERED) keep(answers, text, found)
        return found
      }
    },
  }
}

/** A name that was cut out of a URL is a view of it, and would keep the whole URL in memory. */
function copyOf(text: string): string {
  return JSON.parse(JSON.stringify(text))
}
