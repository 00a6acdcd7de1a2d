/** A query (4.9) as text: what a parser reads as the same query. */

import type { AttributePath, ComparableOperand, Operand, Query, QueryTest } from './ast.ts'

/** `short`: the name of an IRI. */
export function printQuery(query: Query, short: (iri: string) => string): string {
  if (query.kind === 'term')
    return printPath(query.path, short) + (query.test === undefined ? '' : printTest(query.test))
  return query.parts.map((part) => printPart(part, short)).join(query.kind === 'and' ? ';' : '|')
}

function printPart(part: Query, short: (iri: string) => string): string {
  return part.kind === 'term' ? printQuery(part, short) : `(${printQuery(part, short)})`
}

/** As {@link printQuery}. */
export function printPath({ links, names, trail }: AttributePath, short: (iri: string) => string): string {
  const opening = links.map(({ relationship, types }) => {
    const hint = types.length === 0 ? '' : `${types.map(short).join(',')}:`
    return `${short(relationship)}{${hint}`
  })
  const target = names.map(short).join('.') + (trail === undefined ? '' : `[${trail.join('.')}]`)
  return opening.join('') + target + '}'.repeat(links.length)
}

/** The comparison of a term: `>20`. */
export function printTest(test: QueryTest): string {
  if ('pattern' in test) return `${test.operator}"${test.pattern.replaceAll('"', '\\"')}"`
  if ('range' in test) return test.operator + test.range.map(printOperand).join('..')
  if ('values' in test) return test.operator + test.values.map(printOperand).join(',')
  return test.operator + printOperand(test.value)
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
