/** The page at `/` for people who want to know what runs here. */

import type { TenantsSummary } from '../operations/summarize-tenants.ts'

export function landingPage(version: string, stored: TenantsSummary): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Boya</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 3rem auto; padding: 0 1rem; color: #1d2733 }
h1 { margin-bottom: 0 } table { border-collapse: collapse; margin: 0.5rem 0 1.5rem } td { padding: 0.15rem 1.5rem 0.15rem 0; border-bottom: 1px solid #e3e8ee }
td.n { text-align: right; font-variant-numeric: tabular-nums } code { background: #f2f5f8; padding: 0.1rem 0.3rem } a { color: #0b63b0 }
</style>
</head>
<body>
<h1>Boya</h1>
<p>An NGSI-LD context broker, version ${escapeHtml(version)}, speaking ETSI GS CIM 009 V1.9.1 under <code>/ngsi-ld/v1</code>.</p>
<p><a href="/docs">The API, to read and to try</a> · <a href="/history">history, as charts</a> · <a href="/openapi.yaml">OpenAPI document</a> · <a href="/health/ready">health</a> · <a href="/version">version</a></p>
<h2>What is stored here</h2>
${entitiesOf(stored)}
${othersOf(stored)}
<h2>First steps</h2>
<p>Store an entity, and read it back:</p>
<pre><code>curl -i -H 'Content-Type: application/json' --data '{"id":"urn:ngsi-ld:Bench:1","type":"Bench","seats":{"type":"Property","value":3}}' ORIGIN/ngsi-ld/v1/entities
curl 'ORIGIN/ngsi-ld/v1/entities/urn:ngsi-ld:Bench:1?format=simplified'
curl 'ORIGIN/ngsi-ld/v1/entities?type=Bench&amp;count=true'</code></pre>
<p>The README goes on from here: loading files, @contexts, tenants, configuration.</p>
<script>for (const code of document.querySelectorAll('pre code')) code.textContent = code.textContent.replaceAll('ORIGIN', location.origin)</script>
</body>
</html>
`
}

function entitiesOf({ entities, types }: TenantsSummary): string {
  if (types.size === 0) return '<p>No entities yet.</p>'
  const rows = [...types]
    .sort((a, b) => b[1] - a[1])
    .map(([type, n]) => `<tr><td>${escapeHtml(shortName(type))}</td><td class="n">${n}</td></tr>`)
  return `<p>${entities} ${entities === 1 ? 'entity' : 'entities'}, by type:</p><table>${rows.join('')}</table>`
}

function othersOf({ others }: TenantsSummary): string {
  if (others === 0) return ''
  return `<p>There ${others === 1 ? 'is one more tenant' : `are ${others} more tenants`}.</p>`
}

/** The end of an IRI: no @context is known here to shorten it. */
function shortName(iri: string): string {
  return /[^/#]+$/.exec(iri)?.[0] ?? iri
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
