/**
 * Places on a quadtree of longitude and latitude: cells of a level are numbered along a Z-order curve, so that what lies
 * in one cell of a coarser level is one range of numbers. An index of its own instead of SQLite's R-tree: a look-up is
 * some ranges of a B-tree, which is several times faster, and so is a change.
 */

import type { Box } from '../../core/query/bounds.ts'

/** The finest level: cells of some two metres. Points stand there. */
export const POINT_LEVEL = 24
const SIDE = 2 ** POINT_LEVEL

interface Cell {
  readonly level: number
  readonly cell: number
}

export interface CellRange {
  readonly level: number
  readonly first: number
  readonly last: number
}

interface Square {
  readonly x0: number
  readonly y0: number
  readonly x1: number
  readonly y1: number
}

/** The cell of a point. */
export function cellOf(longitude: number, latitude: number): Cell {
  return { level: POINT_LEVEL, cell: interleave(column(longitude), row(latitude)) }
}

/** The cells, four at most, of a level on which a box is no larger than a cell. */
export function cellsOf(box: Box): readonly Cell[] {
  const { x0, y0, x1, y1 } = squareOf(box)
  const size = Math.max(x1 - x0, y1 - y0) + 1
  const level = Math.min(POINT_LEVEL - 1, POINT_LEVEL - Math.ceil(Math.log2(size)))
  const cells = new Set<number>()
  const shift = POINT_LEVEL - level
  for (const x of [x0 >> shift, x1 >> shift]) for (const y of [y0 >> shift, y1 >> shift]) cells.add(interleave(x, y))
  return [...cells].map((cell) => ({ level, cell }))
}

/** Cells that a box is covered with at most: fewer bring more that is outside, more bring more ranges. */
const COVER = 25

/** The ranges of cells of a level that have a part in the box, and some around it. */
export function rangesOf(box: Box, level: number): readonly CellRange[] {
  const { x0, y0, x1, y1 } = squareOf(box)
  let shift = POINT_LEVEL - level
  // Of a narrow box the cells are as many as of a square, and smaller.
  while (((x1 >> shift) - (x0 >> shift) + 1) * ((y1 >> shift) - (y0 >> shift) + 1) > COVER) shift++
  const cells: number[] = []
  for (let x = x0 >> shift; x <= x1 >> shift; x++) {
    for (let y = y0 >> shift; y <= y1 >> shift; y++) cells.push(interleave(x, y))
  }
  cells.sort((a, b) => a - b)
  return merge(cells, 4 ** (level - POINT_LEVEL + shift), level)
}

function merge(cells: readonly number[], finer: number, level: number): readonly CellRange[] {
  const ranges: { level: number; first: number; last: number }[] = []
  for (const cell of cells) {
    const last = ranges.at(-1)
    const first = cell * finer
    if (last !== undefined && last.last + 1 === first) last.last = first + finer - 1
    else ranges.push({ level, first, last: first + finer - 1 })
  }
  return ranges
}

function squareOf({ west, south, east, north }: Box): Square {
  return { x0: column(west), y0: row(south), x1: column(east), y1: row(north) }
}

function column(longitude: number): number {
  return step((longitude + 180) / 360)
}

function row(latitude: number): number {
  return step((latitude + 90) / 180)
}

function step(share: number): number {
  return Math.min(SIDE - 1, Math.max(0, Math.floor(share * SIDE)))
}

/** The bits of a byte, each followed by a zero. */
const SPREAD = Array.from({ length: 256 }, (_, byte) => {
  let spread = 0
  for (let bit = 0; bit < 8; bit++) spread |= ((byte >> bit) & 1) << (2 * bit)
  return spread
})

function interleave(x: number, y: number): number {
  let number = 0
  for (let shift = 16; shift >= 0; shift -= 8) {
    number = number * 65_536 + ((SPREAD[(x >> shift) & 255] ?? 0) | ((SPREAD[(y >> shift) & 255] ?? 0) << 1))
  }
  return number
}
