/**
 * A list of @contexts that the operator gives the broker as files: `URL<TAB>file` a line, files relative to the list.
 * A remark in parentheses in place of a file, `(not available)`, leaves the URL to the network.
 */

import { readFile, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'

interface PreloadEntry {
  readonly url: string
  readonly file: string
}

/** The name of the list where a folder is given. */
const LIST = 'contexts.tsv'

/** `path`: the list, or a folder with one called contexts.tsv. Throws, naming the setting, where it cannot be read. */
export async function readPreloadList(path: string): Promise<readonly PreloadEntry[]> {
  const list = (await isFolder(path)) ? join(path, LIST) : path
  const text = await readFile(list, 'utf8').catch((error) => {
    throw new Error(`BOYA_CONTEXTS_PRELOAD: ${list} cannot be read`, { cause: error })
  })
  return text.split(/\r?\n/).flatMap((line, index) => parseLine(line, index + 1, list))
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch((error) => {
    throw new Error(`BOYA_CONTEXTS_PRELOAD: there is no ${path}`, { cause: error })
  })
  return found.isDirectory()
}

function parseLine(line: string, number: number, list: string): PreloadEntry[] {
  if (line.trim() === '' || line.startsWith('#') || line === 'url\tfile') return []
  const [url = '', file = ''] = line.split('\t')
  if (/^\(.*\)$/.test(file.trim())) return []
  if (!/^https?:\/\//.test(url) || file === '') {
    throw new Error(`BOYA_CONTEXTS_PRELOAD: line ${number} of ${list} must be an http(s) URL, a tab, and a file`)
  }
  return [{ url, file: resolve(dirname(list), file.trim()) }]
}
