import { describe, expect, it } from 'vitest'
import { problemOf } from '../../../test/support/problem-of.ts'
import { checkPattern, literalPrefixOf, matcherOf } from './pattern.ts'

const check = (source: string, most = 5_000) => checkPattern(source, 'idPattern', most)

describe('regular expressions', () => {
  it.each([
    '^urn:ngsi-ld:Bus:',
    'a{2,3}',
    '[[:alpha:]_-]+',
    '[]a]',
    '[^]a]',
    '(a|b)*',
    'a+?',
    '[.]a[.]',
    '[=]a[=]',
    '\\[.a.]',
  ])('are taken as they are: %s', (source) => {
    expect(check(source)).toBe(source)
  })

  it.each([
    ['[', 'missing closing ]'],
    ['(', 'missing closing )'],
    ['*', 'missing argument to repetition operator'],
    ['a**', 'invalid nested repetition operator'],
    ['a{2,1}', 'invalid repeat count'],
    ['a{1001}', 'invalid repeat count'],
    ['[z-a]', 'invalid character class range'],
    ['\\', 'trailing backslash'],
    ['(?=a)', 'look-around'],
    ['a(?!b)', 'look-around'],
    ['(?<=a)b', 'look-around'],
    ['(a)\\1', 'back-references'],
    ['[[.a.]]', 'collating symbols'],
    ['x[^b[=e=]-z]', 'collating symbols'],
    ['('.repeat(2_000) + ')'.repeat(2_000), 'nests too deeply'],
  ])('are refused where they are none: %s', (source, says) => {
    const problem = problemOf(() => check(source))
    expect(problem?.kind).toBe('BadRequestData')
    expect(problem?.at).toBe('idPattern')
    expect(problem?.detail).toContain(says)
    expect(problem?.detail).toContain('one looks like ^urn:ngsi-ld:Bus:')
  })

  it('are told with the place that they begin at', () => {
    expect(problemOf(() => checkPattern('(', 'q', 10, 8))?.detail).toContain(
      '"(" at character 8 is no regular expression',
    )
  })

  it.each([
    ['long', 'a'.repeat(5_001)],
    ['multiplied', '[a-z]{1000}'.repeat(9)],
  ])('are refused where they are too %s', (_, source) => {
    expect(problemOf(() => check(source))?.kind).toBe('TooComplexQuery')
  })

  it('may list many words', () => {
    const words = Array.from({ length: 500 }, (_, i) => `urn:x:${i}`).join('|')
    expect(check(words)).toBe(words)
  })
})

describe('matching', () => {
  it.each([
    ['^Eiffel', 'Eiffel Tower', true],
    ['^Eiffel', 'The Eiffel Tower', false],
    ['Eiffel', 'The Eiffel Tower', true],
    ['^Eiffel$', 'Eiffel Tower', false],
    ['(?i)tower$', 'Eiffel TOWER', true],
    ['^\\p{Lu}', 'Éiffel', true],
    ['^.$', '😀', true],
    ['^a.c$', 'a\nc', true],
  ])('%s in %s: %s', (pattern, text, found) => {
    expect(matcherOf(check(pattern))(text)).toBe(found)
  })

  it('takes no longer where a backtracking engine would take for ever', () => {
    const begun = performance.now()
    expect(matcherOf(check('^(a+)+$'))(`${'a'.repeat(50_000)}b`)).toBe(false)
    expect(performance.now() - begun).toBeLessThan(2_000)
  })
})

describe('what every match begins with', () => {
  it.each([
    ['^urn:ngsi-ld:Bus:', 'urn:ngsi-ld:Bus:'],
    ['^urn:ngsi-ld:Bus:.*', 'urn:ngsi-ld:Bus:'],
    ['^urn:ngsi-ld:Bus:[0-9]', 'urn:ngsi-ld:Bus:'],
    ['^abc$', 'abc'],
    ['^a\\.b\\-c', 'a.b-c'],
    ['^abc+', 'abc'],
    ['^abc*', 'ab'],
    ['^abc?', 'ab'],
    ['^abc{0,1}', 'ab'],
    ['^ab😀?', 'ab'],
    ['^ab\\.?', 'ab'],
    ['^ab(c|d)', ''],
    ['^ab|c', ''],
    ['^ab\\d', 'ab'],
    ['^\\x41', ''],
    ['^\\Qa|b\\E', ''],
    ['^(?i)abc', ''],
    ['(?i)^abc', ''],
    ['(?m)^abc', ''],
    ['abc', ''],
    ['.*abc', ''],
    ['^*abc', ''],
    ['^', ''],
    ['', ''],
  ])('%s: "%s"', (pattern, prefix) => {
    expect(literalPrefixOf(check(pattern))).toBe(prefix)
  })
})
