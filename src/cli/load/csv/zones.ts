/** Local times of time zones, by what Node knows of them. */

const DAY_MS = 86_400_000
const OFFSET = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?/

/** Milliseconds since 1970 → how many milliseconds the clocks of the zone are ahead of UTC. */
function offsetsOf(zone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' })
  return (instant) => {
    const [, sign, hours = 0, minutes = 0, seconds = 0] = OFFSET.exec(format.format(instant)) ?? []
    const offset = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000
    return sign === '-' ? -offset : offset
  }
}

const MAX_DAYS = 10_000

/**
 * What clocks show, as if it were UTC, → UTC. An hour that is there twice is the first one; in one that is left out the
 * clocks were not yet put forward.
 */
export function createZone(zone: string): (local: number) => number {
  const offsetAt = offsetsOf(zone)
  const days = new Map<number, number>()
  const atDay = (day: number): number => {
    const known = days.get(day)
    if (known !== undefined) return known
    if (days.size >= MAX_DAYS) days.clear()
    const offset = offsetAt(day * DAY_MS)
    days.set(day, offset)
    return offset
  }
  return (local) => {
    const day = Math.floor(local / DAY_MS)
    const before = atDay(day - 1)
    const after = atDay(day + 2)
    if (before === after || offsetAt(local - before) === before) return local - before
    return offsetAt(local - after) === after ? local - after : local - before
  }
}
