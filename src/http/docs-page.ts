/** The page that renders the OpenAPI document, served from here: nothing is loaded from elsewhere. */

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

interface Asset {
  readonly body: Buffer
  readonly contentType: string
  readonly cacheControl: string
}

const TYPES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
}

/** One of the files that the page needs; undefined for any other name. */
export async function docsAsset(name: string): Promise<Asset | undefined> {
  const contentType = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined
  if (contentType === undefined) return undefined
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
  return { body: await readFile(join(folder, name)), contentType, cacheControl: 'public, max-age=86400' }
}

export function docsPage(): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Boya: the API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" href="/docs/favicon-32x32.png">
</head>
<body>
<div id="api"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script>SwaggerUIBundle({ url: '/openapi.json', dom_id: '#api', deepLinking: true, defaultModelsExpandDepth: 0, validatorUrl: null })</script>
</body>
</html>
`
}
