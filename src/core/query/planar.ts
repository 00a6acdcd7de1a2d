/** Points, segments and areas on the plane of longitude and latitude, where RFC 7946 has its straight lines. */

type Position = readonly [longitude: number, latitude: number]
type Ring = readonly Position[]

/** Positive where c lies to the left of the line from a to b, 0 on it. */
function side([ax, ay]: Position, [bx, by]: Position, [cx, cy]: Position): number {
  return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
}

function isOn([ax, ay]: Position, [bx, by]: Position, [x, y]: Position): boolean {
  return Math.min(ax, bx) <= x && x <= Math.max(ax, bx) && Math.min(ay, by) <= y && y <= Math.max(ay, by)
}

/** Whether two segments have a point in common. */
export function segmentsCross(a: Position, b: Position, c: Position, d: Position): boolean {
  const [p, q, r, s] = [side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)]
  if (((p > 0 && q < 0) || (p < 0 && q > 0)) && ((r > 0 && s < 0) || (r < 0 && s > 0))) return true
  return (
    (p === 0 && isOn(a, b, c)) || (q === 0 && isOn(a, b, d)) || (r === 0 && isOn(c, d, a)) || (s === 0 && isOn(c, d, b))
  )
}

/** Where a point is, as OGC simple features have it: the boundary is no part of the interior. */
export type Location = 'interior' | 'boundary' | 'exterior'

/** A point and a polygon: its first ring, without its holes. */
export function locate(polygon: readonly Ring[], point: Position): Location {
  const [shell = [], ...holes] = polygon
  const outer = locateInRing(shell, point)
  if (outer !== 'interior') return outer
  for (const hole of holes) {
    const inner = locateInRing(hole, point)
    if (inner !== 'exterior') return inner === 'boundary' ? 'boundary' : 'exterior'
  }
  return 'interior'
}

/** By the edges that a ray to the east crosses. */
function locateInRing(ring: Ring, point: Position): Location {
  const [, y] = point
  let inside = false
  for (let i = 1; i < ring.length; i++) {
    const a = ring[i - 1] as Position
    const b = ring[i] as Position
    const turn = side(a, b, point)
    if (turn === 0 && isOn(a, b, point)) return 'boundary'
    // The exact sign of the turn says on which side of the edge the point is; nothing is divided.
    if (a[1] > y !== b[1] > y && turn > 0 === b[1] > a[1]) inside = !inside
  }
  return inside ? 'interior' : 'exterior'
}

/** Whether a point is in a polygon or on its boundary. */
export function covers(polygon: readonly Ring[], point: Position): boolean {
  return locate(polygon, point) !== 'exterior'
}
