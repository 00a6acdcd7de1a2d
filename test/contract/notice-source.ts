/** A source of notices that a test tells what changes owe. */

import type { EntityChange } from '../../src/core/model/change.ts'
import type { Entity, Json } from '../../src/core/model/entity.ts'
import type { NewNotice, NoticePage, NoticeSource } from '../../src/ports/notices.ts'
import { property } from './contract-store.ts'

const OWES = 'https://example.org/owes'

/** Who is to be told of an entity that has these. */
export function owes(...notices: readonly Partial<NewNotice>[]): Pick<Entity, 'attributes'> {
  return { attributes: { [OWES]: [property(notices as never)] } }
}

/** So many, however large they are. */
export function most(notices: number): NoticePage {
  return { notices, bytes: Number.POSITIVE_INFINITY }
}

export interface TestSource extends NoticeSource {
  /** Changes that it was asked about. */
  readonly asked: EntityChange[]
  readonly told: { readonly tenant: string; readonly queues: readonly string[] }[]
  /** What writes wait for. */
  unready: Promise<void> | undefined
}

/** Gives what {@link owes} says of the entity as it is, or as it was where it is gone. */
export function createTestSource(): TestSource {
  const source: TestSource = {
    ...{ asked: [], told: [], unready: undefined },
    ready: () => source.unready,
    noticesOf: (_, change) => {
      source.asked.push(change)
      const entity = change.after ?? change.before
      const owed = (entity?.attributes[OWES]?.[0]?.value ?? []) as unknown as readonly Partial<NewNotice>[]
      return owed.map((each) => ({ ...noticeOf(entity?.id ?? ''), ...each }))
    },
    folded: (earlier, later) => [
      ...partsOf(earlier),
      ...partsOf(later).filter((each) => !partsOf(earlier).includes(each)),
    ],
    sinceTold: (told, later) => partsOf(later).filter((each) => !partsOf(told).includes(each)),
    committed: (tenant, queues) => void source.told.push({ tenant, queues: [...queues] }),
  }
  return source
}

/** Contents that are folded are lists of what has changed. */
function partsOf(content: Json): readonly Json[] {
  return Array.isArray(content) ? content : [content]
}

export function noticeOf(entity: string): NewNotice {
  return { subscription: 'urn:s:1', queue: 'http://a', entity, content: { of: entity }, latestOnly: false }
}
