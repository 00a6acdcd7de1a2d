/** A query (4.9) as text: what a parser reads as the same query. */

import type { AttributePath, ComparableOperand, Operand, Query, QueryTest } from './ast.ts'

type Shorten = (iri: string) => string

/**
 * `short`: the name of an IRI.
 * @param shortValue the same of what expandValues made of a value; where absent, the value is printed as it was sent
 */
export function printQuery(query: Query, short: Shorten, shortValue?: Shorten): string {
  if (query.kind === 'term')
    return printPath(query.path, short) + (query.test === undefined ? '' : printTest(query.test, shortValue))
  return query.parts.map((part) => printPart(part, short, shortValue)).join(query.kind === 'and' ? ';' : '|')
}

function printPart(part: Query, short: Shorten, shortValue: Shorten | undefined): string {
  const text = printQuery(part, short, shortValue)
  return part.kind === 'term' ? text : `(${text})`
}

/** As {@link printQuery}. */
export function printPath({ links, names, trail }: AttributePath, short: Shorten): string {
  const opening = links.map(({ relationship, types }) => {
    const hint = types.length === 0 ? '' : `${types.map(short).join(',')}:`
    return `${short(relationship)}{${hint}`
  })
  const target = names.map(short).join('.') + (trail === undefined ? '' : `[${trail.join('.')}]`)
  return opening.join('') + target + '}'.repeat(links.length)
}

/** The comparison of a term: `>20`. `shortValue`: as of {@link printQuery}. */
export function printTest(test: QueryTest, shortValue?: Shorten): string {
  if ('pattern' in test) return `${test.operator}"${test.pattern.replaceAll('"', '\\"')}"`
  if ('range' in test) return test.operator + test.range.map((value) => printOperand(value)).join('..')
  if ('values' in test) return test.operator + test.values.map((value) => printValue(value, shortValue)).join(',')
  return test.operator + printOperand(test.value)
}

/** A name that is no literal either: it stands without quotes. */
const BARE = /^(?!(?:true|false|null|nan|inf|infinity)$)\p{L}[\p{L}\p{N}_-]*$/iu

function printValue(operand: Operand, shortValue: Shorten | undefined): string {
  if (shortValue === undefined || !('iri' in operand) || operand.iri === undefined) return printOperand(operand)
  const name = shortValue(operand.iri)
  return operand.kind === 'uri' && BARE.test(name) ? name : JSON.stringify(name)
}

function printOperand(operand: Operand | ComparableOperand): string {
  switch (operand.kind) {
    case 'text':
      return JSON.stringify(operand.value)
    case 'number':
    case 'boolean':
    case 'uri':
      return String(operand.value)
    case 'date':
      return dateTimeOf(operand.value).slice(0, 10)
    case 'time':
      return dateTimeOf(operand.value).slice(11)
    case 'dateTime':
      return dateTimeOf(operand.value)
  }
}

/** With its microseconds. */
function dateTimeOf(microseconds: number): string {
  const rest = ((microseconds % 1000) + 1000) % 1000
  const text = new Date((microseconds - rest) / 1000).toISOString()
  return rest === 0 ? text : text.replace('Z', `${String(rest).padStart(3, '0')}Z`)
}
