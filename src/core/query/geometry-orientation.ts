/** On which side of a line a point lies: the exact sign, which everything that is said of places rests on. */

/** What rounding can make of the difference below, relative to the sum of its two products (Shewchuk 1997, ccwerrboundA). */
const ERROR_BOUND = 3.3306690738754716e-16

/** Positive where c lies to the left of the line from a to b, 0 where it lies on it. */
export function orientation(ax: number, ay: number, bx: number, by: number, cx: number, cy: number): number {
  if ((ax === cx || by === cy) && (ay === cy || bx === cx)) return 0
  if (ax === bx && ay === by) return 0
  const left = (ax - cx) * (by - cy)
  const right = (ay - cy) * (bx - cx)
  const difference = left - right
  const sum = Math.abs(left) + Math.abs(right)
  // Products so small that they lose digits are none to rely on.
  if (sum > 1e-280 && Math.abs(difference) > ERROR_BOUND * sum) return difference
  return exactOrientation([ax, ay, bx, by, cx, cy])
}

function exactOrientation(coordinates: readonly number[]): number {
  const parts = coordinates.map(partsOf)
  const least = Math.min(...parts.map(({ exponent }) => exponent))
  const [ax = 0n, ay = 0n, bx = 0n, by = 0n, cx = 0n, cy = 0n] = parts.map(
    ({ mantissa, exponent }) => mantissa << BigInt(exponent - least),
  )
  const determinant = (ax - cx) * (by - cy) - (ay - cy) * (bx - cx)
  return determinant > 0n ? 1 : determinant < 0n ? -1 : 0
}

const view = new DataView(new ArrayBuffer(8))

/** A double is a whole number times a power of two. */
function partsOf(value: number): { readonly mantissa: bigint; readonly exponent: number } {
  if (value === 0) return { mantissa: 0n, exponent: 0 }
  view.setFloat64(0, value)
  const bits = view.getBigUint64(0)
  const exponent = Number((bits >> 52n) & 0x7ffn)
  const fraction = bits & 0xfffffffffffffn
  const magnitude = exponent === 0 ? fraction : fraction | 0x10000000000000n
  return { mantissa: value < 0 ? -magnitude : magnitude, exponent: Math.max(exponent, 1) - 1075 }
}
