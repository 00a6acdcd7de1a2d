import { Problem } from '../core/model/problems.ts'
import type { Call } from '../ports/call.ts'
import { StoreUnavailable } from '../ports/unavailable.ts'

/** Why a Notification could not be built, in words for people; what is not meant for them is in the log. */
export function whyUnbuilt({ log, tenant }: Call, error: unknown): string {
  const because = 'the Notification could not be built: '
  if (error instanceof Problem) return because + error.detail
  if (error instanceof StoreUnavailable) return `${because}${error.message}`
  log.error({ error, tenant }, 'a Notification could not be built')
  return `${because}an error in the broker, which its log describes`
}
