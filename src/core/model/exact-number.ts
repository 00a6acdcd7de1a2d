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

/**
 * A number as JSON has it → the double, where the double says the same, else its text.
 * `100000000000000001` stays text, `1E+2` becomes 100.
 */
export function parseNumber(text: string): number | ExactNumber {
  const value = Number(text)
  if (Number.isFinite(value) && sameDecimal(text, String(value))) return value
  return new ExactNumber(text)
}

/** Whether two texts of numbers are worth the same: `1e2` and `100`. */
export function sameDecimal(a: string, b: string): boolean {
  return canonical(a) === canonical(b)
}

/** Sign, significant digits and exponent of a decimal: `-0.0120e3` → `-12e0`. */
function canonical(text: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text)
  if (match === null) return text
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  const digits = (whole + fraction).replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  if (significant === '') return '0'
  return `${sign}${significant}e${BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length)}`
}
