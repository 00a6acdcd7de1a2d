import type { CarriedEvolution } from '../../../core/history/carried.ts'
import type { EvolutionDocument } from './stored.ts'

/** What goes to another store of what is known of an evolution. */
export function carriedEvolution({
  _id: id,
  types = [],
  createdAt = 0,
  state = '',
}: EvolutionDocument): CarriedEvolution {
  const deletedAt = state.slice(state.indexOf(' ') + 1)
  return { id, types, createdAt, ...(deletedAt !== '' && { deletedAt: Number(deletedAt) }) }
}
