/** The page that renders the OpenAPI document, served from here: nothing is loaded from elsewhere. */

import { type Asset, packageAsset } from './page-asset.ts'

const FILES: ReadonlySet<string> = new Set(['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'])

/** One of the files that the page needs; undefined for any other name. */
export async function docsAsset(name: string): Promise<Asset | undefined> {
  return FILES.has(name) ? packageAsset('swagger-ui-dist', name) : undefined
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
