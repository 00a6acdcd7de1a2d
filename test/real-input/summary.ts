/** What became of published documents, a line per domain: for those who want to know what real data has in it. */

import type { Published, Refused } from './published.ts'

export function summaryOf(documents: readonly Published[], refused: ReadonlyMap<string, Refused>): string {
  const domains = [...new Set(documents.map(({ domain }) => domain))]
  const rows = domains.map((domain) =>
    rowOf(
      domain,
      documents.filter((document) => document.domain === domain),
      refused,
    ),
  )
  const total = rowOf('all', documents, refused)
  return ['domain | documents | normalized | keyvalues | refused | why', ...rows, total].join('\n')
}

function rowOf(name: string, documents: readonly Published[], refused: ReadonlyMap<string, Refused>): string {
  const loaded = (form: string) => {
    const all = documents.filter((document) => document.form === form)
    return `${all.filter((document) => !refused.has(document.name)).length} of ${all.length}`
  }
  const reasons = documents.flatMap((document) => refused.get(document.name)?.reason ?? [])
  const counted = [...new Set(reasons)].map((reason) => [reasons.filter((other) => other === reason).length, reason])
  const why = counted.map(([count, reason]) => `${count} × ${reason}`).join('; ')
  return [name, documents.length, loaded('normalized'), loaded('keyvalues'), reasons.length, why].join(' | ')
}
