/** Files that the pages for people need, served from here: nothing is loaded from elsewhere. */

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Asset {
  readonly body: Buffer
  readonly contentType: string
  readonly cacheControl: string
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
}

/** A file of a package that is installed with Boya. */
export async function packageAsset(packageName: string, path: string): Promise<Asset> {
  const folder = dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`))
  return readAsset(join(folder, path), 'public, max-age=86400')
}

// The same from src/http/ and from dist/http/.
const explorer = fileURLToPath(new URL('../../explorer/', import.meta.url))

/** A file of Boya itself. Browsers ask for it each time, so that files of two versions never meet. */
export async function explorerAsset(name: string): Promise<Asset> {
  return readAsset(join(explorer, name), 'no-cache')
}

async function readAsset(path: string, cacheControl: string): Promise<Asset> {
  const contentType = TYPES[extname(path)] ?? 'application/octet-stream'
  return { body: await readFile(path), contentType, cacheControl }
}
