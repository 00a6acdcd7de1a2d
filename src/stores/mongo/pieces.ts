/** How much is taken together: neither more items than so many, nor more bytes. */
export interface PieceLimit {
  readonly most: number
  readonly bytes: number
}

/** Divides items in their order. No piece is empty: one that is larger than the limit is a piece by itself. */
export function* piecesOf<T>(
  items: Iterable<T>,
  sizeOf: (item: T) => number,
  limit: PieceLimit,
): Generator<readonly T[]> {
  let piece: T[] = []
  let bytes = 0
  for (const item of items) {
    const size = sizeOf(item)
    if (piece.length === limit.most || (piece.length > 0 && bytes + size > limit.bytes)) {
      yield piece
      piece = []
      bytes = 0
    }
    piece.push(item)
    bytes += size
  }
  if (piece.length > 0) yield piece
}
