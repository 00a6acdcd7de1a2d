// Makes docs/conformance.md from a summary.json of the conformance runner: node .ci/conformance-table.mjs SUMMARY
import { readFileSync } from 'node:fs'

const { groups, total } = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const known = readFileSync(new URL('conformance-exceptions.tsv', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line.includes('\t'))
  .map((line) => line.split('\t'))
const failed = new Set(
  groups.flatMap(({ files }) =>
    files.flatMap(({ tests }) => tests.filter(({ status }) => status === 'FAIL').map(({ test }) => test)),
  ),
)
const rows = [...groups, total].map(({ group, passed, failed }) => `| ${group} | ${passed} | ${failed} |`)
const byReason = new Map()
for (const [test, reason] of known) {
  if (failed.has(test)) byReason.set(reason, [...(byReason.get(reason) ?? []), test])
}
const sections = [...byReason].map(
  ([reason, tests]) => `\n### ${reason}\n\n${tests.map((test) => `- ${test}`).join('\n')}`,
)
console.log(`# Conformance

What passes of the NGSI-LD test suite of ETSI (as extended by the Antares project), in the groups of what this version has: common behaviours, provision
without the temporal part, retrieval of an entity, and @contexts. Each failure is named below, with what is still to come, or with the sentence of the
standard that the test differs from.

| Group | passed | failed |
|---|---|---|
${rows.join('\n')}

## Failures, and why
${sections.join('\n')}`)
