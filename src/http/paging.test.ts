import { expect, it } from 'vitest'
import { wanted } from './paging.ts'

it('6.3.10: one more than the page is asked for, to know whether there is another page', () => {
  const page = { limit: 20, offset: 40, count: false }
  expect(wanted(page)).toEqual({ limit: 21, offset: 40, count: false })
})

it('6.3.13: "To get only the count itself, and no entities": none is asked for', () => {
  expect(wanted({ limit: 0, offset: 3, count: true })).toEqual({ limit: 0, offset: 3, count: true })
})
