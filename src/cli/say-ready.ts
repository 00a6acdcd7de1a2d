/** What is said when a broker is ready, by whoever started it: once, however many processes serve. */

import { performance } from 'node:perf_hooks'
import { type Config, version } from '../config/config.ts'
import { isEveryAddress } from '../config/local-url.ts'
import type { Log } from '../ports/call.ts'

/** `url`: where it is reached from this machine. */
export function sayReady(
  { url, store }: { readonly url: string; readonly store: string },
  { workers, ...config }: Config,
  log: Log,
): void {
  if (config.publicUrl === undefined && isEveryAddress(config.host)) warnOfUrl(url, log)
  const readyMs = Math.round(performance.now())
  const shared = workers === 1 ? '' : ` · ${workers} workers`
  log.info(
    { url, store, version, ...(workers > 1 && { workers }), readyMs },
    `Boya ${version} ready on ${url} · store ${store}${shared} · ${readyMs} ms`,
  )
}

/** Links to hosted @contexts name Boya by a URL, and only its operator knows what others reach it by. */
function warnOfUrl(url: string, log: Log): void {
  const message = `links to hosted @contexts will name ${url}, which other machines do not reach; set BOYA_PUBLIC_URL`
  log.warn({ url }, message)
}
