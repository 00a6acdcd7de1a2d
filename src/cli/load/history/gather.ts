/**
 * Evolutions → requests, of which there is no batch (5.6.11). What is of one entity goes together, also where it stands
 * on lines far from one another, and what is too much for one request is cut. Of one entity all goes in its order.
 */

import type { Evolution, Instance } from './evolution.ts'
import type { Portion } from './portions.ts'

export interface Gatherer {
  /** The portions that are full, or have to go now. */
  add(evolution: Evolution): readonly Portion[]
  /** What is left. */
  flush(): readonly Portion[]
}

interface Gathered extends Portion {
  readonly instances: Instance[]
  /** Of the request. */
  characters: number
  /** Kept in memory beside those: who holds a part of a document holds all of it. */
  besides: number
}

/** An eighth of what a broker takes by default (BOYA_MAX_BODY_BYTES): its commits are to stay short. */
const MAX_PORTION_CHARACTERS = 1024 * 1024
/** What waits for others of its entity: twenty thousand instances of numbers. Twice as much costs 40 MB, and saves little. */
const MAX_WAITING_CHARACTERS = 8 * 1024 * 1024
/** What an instance costs in memory beside its text. */
const INSTANCE_CHARACTERS = 300

/** `maxInstances`: of one portion. A portion has about a mebibyte of text at most, and what waits for others of its entity eight. */
export function createGatherer(maxInstances: number): Gatherer {
  const waiting = new Map<string, Gathered>()
  let characters = 0

  const take = (id: string): readonly Portion[] => {
    const found = waiting.get(id)
    if (found === undefined) return []
    waiting.delete(id)
    characters -= found.characters + found.besides
    return [found]
  }
  const open = (id: string, { entity, head }: Evolution): Gathered => {
    const opened = { entity, head, instances: [], characters: head.length, besides: 0 }
    waiting.set(id, opened)
    characters += opened.characters
    return opened
  }
  const gather = (id: string, evolution: Evolution, instances: readonly Instance[]): readonly Portion[] => {
    const full: Portion[] = []
    let current = waiting.get(id) ?? open(id, evolution)
    let own = 0
    for (const instance of instances) {
      const size = instance.text.length + INSTANCE_CHARACTERS
      if (current.instances.length >= maxInstances || current.characters + size > MAX_PORTION_CHARACTERS) {
        full.push(...take(id))
        current = open(id, evolution)
        own = 0
      }
      current.instances.push(instance)
      current.characters += size
      characters += size
      own += instance.text.length
    }
    const besides = Math.max(0, evolution.entity.text.length - own)
    current.besides += besides
    characters += besides
    return full
  }
  const flush = () => [...waiting.keys()].flatMap(take)

  return {
    add: (evolution) => {
      const { entity, head, instances } = evolution
      const id = entity.id ?? ''
      const before = waiting.get(id)?.head === head && instances !== undefined ? [] : take(id)
      if (instances === undefined) return [...before, evolution]
      const full = [...before, ...gather(id, evolution, instances)]
      return characters > MAX_WAITING_CHARACTERS ? [...full, ...flush()] : full
    },
    flush,
  }
}
