import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changedSince, movedOn, type NamedChanges } from './named-changes.ts'

describe('the revision of the subscriptions of a Tenant', () => {
  it('tells who has seen it before what has changed since', () => {
    const batches = fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 60 }), { minLength: 1 })
    fc.assert(
      fc.property(batches, fc.nat(), (all, at) => {
        const seenAfter = at % all.length
        let revision: NamedChanges | undefined
        let known = 0
        all.forEach((ids, i) => {
          revision = movedOn(revision, ids)
          if (i === seenAfter) known = revision.changes
        })
        const later = all.slice(seenAfter + 1).flat()
        const changed = revision && changedSince(revision, known)
        if (later.length > 100) expect(changed).toBeUndefined()
        else expect(new Set(changed)).toEqual(new Set(later))
      }),
    )
  })

  it('does not know what somebody has seen of an other one', () => {
    expect(changedSince({ changes: 3, last: ['a', 'b', 'c'] }, 7)).toBeUndefined()
  })
})
