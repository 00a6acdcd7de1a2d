import { describe, expect, it } from 'vitest'
import { matchesScopes } from './evaluate-scopes.ts'
import { parseScopeQuery } from './parse-scopes.ts'

const holds = (scopes: readonly string[] | undefined, text: string) =>
  matchesScopes(scopes, parseScopeQuery(text, 'scopeQ', 10))

describe('the Scope query language (4.19)', () => {
  it('EXAMPLE 1: a Scope alone', () => {
    expect(holds(['/Madrid'], '/Madrid')).toBe(true)
    expect(holds(['/Madrid/Gardens'], '/Madrid')).toBe(false)
    expect(holds(['/madrid'], '/Madrid')).toBe(false)
    expect(holds(['/Barcelona', '/Madrid'], '/Madrid')).toBe(true)
  })

  it('EXAMPLE 2: "matches the given scope and the whole hierarchy of scopes below"', () => {
    for (const scope of ['/Madrid/Gardens', '/Madrid/Gardens/ParqueNorte', '/Madrid/Gardens/ParqueNorte/Parterre1']) {
      expect(holds([scope], '/Madrid/Gardens/#')).toBe(true)
    }
    for (const scope of ['/Madrid', '/Madrid/GardensOfOld', '/Madrid/Sights/Gardens']) {
      expect(holds([scope], '/Madrid/Gardens/#')).toBe(false)
    }
  })

  it('EXAMPLE 3: "+" matches "a single scope level"', () => {
    expect(holds(['/Madrid/Gardens/ParqueNorte'], '/Madrid/+/ParqueNorte')).toBe(true)
    expect(holds(['/Madrid/Sights/ParqueNorte'], '/Madrid/+/ParqueNorte')).toBe(true)
    expect(holds(['/Madrid/ParqueNorte'], '/Madrid/+/ParqueNorte')).toBe(false)
    expect(holds(['/Madrid/A/B/ParqueNorte'], '/Madrid/+/ParqueNorte')).toBe(false)
    expect(holds(['/Madrid/A/B'], '/+/A/#')).toBe(true)
  })

  it('EXAMPLE 4: a conjunction is met by several Scopes together', () => {
    expect(holds(['/CompanyA', '/Madrid/Districts'], '(/Madrid/Districts;/CompanyA)')).toBe(true)
    expect(holds(['/CompanyA'], '(/Madrid/Districts;/CompanyA)')).toBe(false)
  })

  it('EXAMPLE 5: "a disjunction of elements", with "|" or a comma', () => {
    for (const text of ['(/Madrid/Districts;/CompanyA)|CompanyB', '(/Madrid/Districts;/CompanyA),CompanyB']) {
      expect(holds(['/CompanyB'], text)).toBe(true)
      expect(holds(['/Madrid/Districts', '/CompanyA'], text)).toBe(true)
      expect(holds(['/Madrid/Districts'], text)).toBe(false)
    }
  })

  it('"The "/#" matches any non-empty scope, i.e. only explicitly specified scopes"', () => {
    expect(holds(['/Madrid/Gardens'], '/#')).toBe(true)
    expect(holds(undefined, '/#')).toBe(false)
    expect(holds(undefined, '/Madrid')).toBe(false)
  })

  it('4.18: a Scope may be written without its first slash', () => {
    expect(holds(['Madrid/Gardens'], '/Madrid/Gardens')).toBe(true)
    expect(holds(['Madrid/Gardens'], '/Madrid/#')).toBe(true)
  })
})
