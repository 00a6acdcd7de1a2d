/**
 * What one change records that is too much for the document of its entity: it is kept beside it before the change is committed,
 * and is nobody's until the mover has found the change. What no change has led to is forgotten as what is gone (forget-past.ts).
 */

import type { Collections } from '../collections.ts'
import type { Connection } from '../connection.ts'
import { piecesOf } from '../pieces.ts'
import { areThere } from './heads.ts'
import { sizeOfInstance, sizeOfPast } from './past-of.ts'
import type { AddedInstance, ApartDocument, InstanceDocument, Past } from './stored.ts'

type Kept = Pick<Collections, 'instances'> & Pick<Connection, 'ask'>

/** Bytes that one change may record in the document of its entity. */
const MOST = 500_000
const PIECE = { most: 2_000, bytes: 4_000_000 } as const

export interface Divided {
  readonly past: Past
  readonly apart: readonly ApartDocument[]
}

/** What is to stand in the document, and what beside it. */
export function divide(past: Past, position: string, since: number): Divided {
  if (!('instances' in past) || sizeOfPast(past) <= MOST) return { past, apart: [] }
  const apart = [...piecesOf(past.instances, sizeOfInstance, PIECE)].map((added, i): ApartDocument => {
    return { _id: idOf(position, i), s: '', gone: since, added }
  })
  return { past: { ...past, instances: [], pieces: apart.length }, apart }
}

/** No series begins so. */
function idOf(position: string, piece: number): string {
  return `~${position}.${piece}`
}

/** Before the change is committed that leads to it. What is there already is left as it is. */
export async function keepApart({ ask, instances }: Kept, apart: readonly ApartDocument[]): Promise<void> {
  // One by one: each is about as much as a server takes at a time.
  for (const each of apart) {
    await ask(() => instances.insertMany([each as unknown as InstanceDocument]).then(() => 0, areThere))
  }
}

/** With all that stands apart. Where that is not there any more, it has been moved. */
export async function joined<P extends Past>({ ask, instances }: Kept, past: P, position: string): Promise<P> {
  if (!('pieces' in past) || past.pieces === undefined) return past
  const all: AddedInstance[] = []
  for (let i = 0; i < past.pieces; i++) {
    const found = await ask(() => instances.findOne({ _id: idOf(position, i) }))
    all.push(...(((found as ApartDocument | null)?.added ?? []) as readonly AddedInstance[]))
  }
  return { ...past, instances: all }
}
