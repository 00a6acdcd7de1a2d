/** A JSON number that a double would change: its text is what is stored and sent back. */
export class ExactNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  /** The nearest double: good enough to index and to compare. */
  toNumber(): number {
    return Number(this.text)
  }
}
