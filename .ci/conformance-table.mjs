// Makes docs/conformance.md from the summaries of the conformance runner, one for each store:
// node .ci/conformance-table.mjs SQLite=SUMMARY MongoDB=SUMMARY
import { readFileSync } from 'node:fs'

const runs = process.argv.slice(2).map((argument) => {
  const [, store, file] = /^([^=]+)=(.+)$/.exec(argument)
  return { store, ...JSON.parse(readFileSync(file, 'utf8')) }
})
function groupBy(all, keyOf) {
  const groups = new Map()
  for (const each of all) groups.set(keyOf(each), [...(groups.get(keyOf(each)) ?? []), each])
  return groups
}
const known = readFileSync(new URL('conformance-exceptions.tsv', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line.includes('\t'))
  .map((line) => line.split('\t'))
/** The stores on which each test failed. */
const failed = groupBy(
  runs.flatMap(({ store, groups }) =>
    groups.flatMap(({ files }) =>
      files.flatMap(({ tests }) =>
        tests.filter(({ status }) => status === 'FAIL').map(({ test }) => ({ test, store })),
      ),
    ),
  ),
  ({ test }) => test,
)
const unknown = [...failed.keys()].filter((test) => !known.some(([each]) => each === test))
if (unknown.length > 0) throw new Error(`no reason is known why these fail: ${unknown.join(', ')}`)
const rowOf = (name, each) => `| ${name} | ${each.map(({ passed, failed: not }) => `${passed} | ${not}`).join(' | ')} |`
const rows = runs[0].groups.map(({ group }) =>
  rowOf(
    group,
    runs.map(({ groups }) => groups.find((each) => each.group === group)),
  ),
)
rows.push(
  rowOf(
    'total',
    runs.map(({ total }) => total),
  ),
)
const heads = runs.map(({ store }) => `${store}: passed | failed`)
const everywhere = (test) => failed.get(test).length === runs.length
const item = (test) => `- ${test}${everywhere(test) ? '' : ` (${failed.get(test).map(({ store }) => store)})`}`
const sections = [
  ...groupBy(
    known.filter(([test]) => failed.has(test)),
    ([, reason]) => reason,
  ),
].map(([reason, tests]) => `\n### ${reason}\n\n${tests.map(([test]) => item(test)).join('\n')}`)
console.log(`# Conformance

What passes of the NGSI-LD test suite of ETSI (as extended by the Antares project), in the groups of what this version has: common behaviours, provision
and consumption of entities and of their temporal evolutions, subscriptions, and @contexts. Each failure is named below, with what is still to come, or with the sentence of the standard that the test
differs from${runs.length > 1 ? '; it is the same on all stores unless some are named' : ''}.

| Group | ${heads.join(' | ')} |
|---${'|---|---'.repeat(runs.length)}|
${rows.join('\n')}

## Failures, and why
${sections.join('\n')}`)
