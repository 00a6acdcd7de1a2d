/** `boya config` */

import { ConfigError, loadConfig } from '../config/config.ts'
import { environment } from '../config/env.ts'
import { settingsAsMarkdown } from '../config/settings.ts'

export function showConfig({ markdown = false }: { readonly markdown?: boolean }): void {
  if (markdown) {
    process.stdout.write(settingsAsMarkdown())
    return
  }
  try {
    process.stdout.write(`${JSON.stringify(loadConfig(environment()), null, 2)}\n`)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 78
  }
}
