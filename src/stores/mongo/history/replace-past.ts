import { type Change, type MovedPast, tellDone } from './heads.ts'
import { givenOf, insert, present, replace, takeAway } from './instances.ts'
import { instanceKey } from './series-key.ts'
import type { Past, StoredInstance } from './stored.ts'

/** 5.6.14: its id and when it came stay. At another time it stands in another place. */
export async function replaceInstance(
  moved: MovedPast,
  change: Change<Extract<Past, { kind: 'replaceInstance' }>>,
): Promise<void> {
  const { past, position, since } = change
  const found = await present(moved, past.instance)
  if (found !== undefined && found.p < position) {
    const { _id, s, c, id = _id, m: _, x: __, r: ___, t: ____, ...rest } = found
    const row = { ...rowOf(past.row), c, m: since }
    if (row.at === found.at) await replace(moved, change, [{ id: _id, row }])
    else if ((found.q ?? '') < position) {
      const to = instanceKey(s, row.at, position, 0)
      await insert(moved, [{ ...rest, ...row, _id: to, id, s, p: position }])
      await takeAway(moved, _id, since, to)
    }
  }
  const observed = past.row.t && { $addToSet: { series: { ...past.series, t: true } } }
  await tellDone(moved, change, { $max: { m: since }, ...observed })
}

function rowOf(row: StoredInstance): StoredInstance {
  const { at, c, k, v, f } = row
  return { at, c, k, v, f, ...givenOf(row) }
}
