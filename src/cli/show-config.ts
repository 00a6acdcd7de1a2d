/** `boya config` */

import { environment } from '../config/env.ts'
import { configurationReference } from '../config/reference.ts'
import { redact } from '../observability/redact.ts'
import { configuredOrExit } from './configured.ts'

export function showConfig({ markdown = false }: { readonly markdown?: boolean }): void {
  const shown = markdown ? configurationReference() : `${JSON.stringify(configuredOrExit(environment()), null, 2)}\n`
  process.stdout.write(redact(shown))
}
