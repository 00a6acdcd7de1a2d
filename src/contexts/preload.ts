/**
 * A list of @contexts that the operator gives the broker as files: `URL<TAB>file` a line, files relative to the list.
 * A remark in parentheses in place of a file, `(not available)`, leaves the URL to the network.
 */

import { stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { ContextSettingError } from './context-setting-error.ts'
import { explainFile, readTextFile } from './files.ts'

interface PreloadEntry {
  readonly url: string
  readonly file: string
  /** `line 3 of LIST` */
  readonly where: string
}

/** The name of the list where a folder is given. */
const LIST = 'contexts.tsv'

/** A fault of the list, with the setting before it. */
export function preloadFault(text: string): string {
  return `BOYA_CONTEXTS_PRELOAD: ${text}`
}

/** `path`: the list, or a folder with one called contexts.tsv. Throws ContextSettingError with all that is wrong in it. */
export async function readPreloadList(path: string): Promise<readonly PreloadEntry[]> {
  const faults: string[] = []
  const entries = new Map<string, PreloadEntry>()
  const { list, text } = await readList(path)
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const where = `line ${index + 1} of ${list}`
    if (isPassedOver(line)) continue
    const entry = parseLine(line, list, where)
    const known = entry && entries.get(entry.url)
    if (entry === undefined) faults.push(preloadFault(`${where} must be an http(s) URL, a tab, and a file`))
    else if (known !== undefined) {
      faults.push(preloadFault(`${where} names ${entry.url} again, after ${known.where}; take one of them out`))
    } else entries.set(entry.url, entry)
  }
  if (faults.length > 0) throw new ContextSettingError(faults)
  return [...entries.values()]
}

async function readList(path: string): Promise<{ readonly list: string; readonly text: string }> {
  let list = path
  try {
    if ((await stat(path)).isDirectory()) list = join(path, LIST)
    return { list, text: (await readTextFile(list)).replace(/^\uFEFF/, '') }
  } catch (error) {
    const remedy = `name a list that can be read, or a folder with one called ${LIST}`
    throw new ContextSettingError([preloadFault(`${list} cannot be read: ${explainFile(error)}; ${remedy}`)], error)
  }
}

function isPassedOver(line: string): boolean {
  return line.trim() === '' || line.startsWith('#') || line === 'url\tfile' || /^[^\t]*\t\s*\(.*\)\s*$/.test(line)
}

function parseLine(line: string, list: string, where: string): PreloadEntry | undefined {
  const [url = '', file = ''] = line.split('\t').map((part) => part.trim())
  if (!/^https?:\/\//.test(url) || !URL.canParse(url) || file === '') return undefined
  return { url, file: resolve(dirname(list), file), where }
}
