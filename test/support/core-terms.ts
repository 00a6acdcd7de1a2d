/** The core @context, for tests of pure code that names things. */

import { loadCoreContext } from '../../src/contexts/core-context.ts'
import { createCoreOnly } from '../../src/contexts/resolve.ts'
import type { DecodeContext } from '../../src/core/representation/decode-entity.ts'

export async function coreDecodeContext(): Promise<DecodeContext> {
  const { terms } = createCoreOnly(await loadCoreContext())
  return { terms, limits: { attributes: 1_000, vertices: 1_000, idLength: 2048, json: { depth: 64, digits: 1000 } } }
}
