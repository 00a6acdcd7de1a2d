/** What a broker has told, as it says itself of its subscriptions (5.8.4). */

import { CommandError, reasonOf } from '../command-error.ts'

export interface Told {
  readonly subscriptions: number
  /** Notifications that were taken. */
  readonly taken: number
  /** Attempts. */
  readonly failed: number
}

interface Shown {
  readonly notification: { readonly timesSent?: number; readonly timesFailed?: number }
}

/** `url`: of the broker. Throws CommandError where it does not say. */
export async function readTold(url: string): Promise<Told> {
  const subscriptions: Shown[] = []
  let next: string | undefined = `${url}/ngsi-ld/v1/subscriptions`
  while (next !== undefined) {
    const page: Response = await fetch(next).catch((error) => {
      throw new CommandError(`the broker does not show its subscriptions: ${reasonOf(error)}`, error)
    })
    if (!page.ok) throw new CommandError(`the broker does not show its subscriptions: status ${page.status}`)
    subscriptions.push(...((await page.json()) as readonly Shown[]))
    next = nextPage(page.headers.get('Link'), url)
  }
  const failed = sum(subscriptions, 'timesFailed')
  return { subscriptions: subscriptions.length, taken: sum(subscriptions, 'timesSent') - failed, failed }
}

/** 6.3.10 */
function nextPage(link: string | null, url: string): string | undefined {
  const [, target] = /<([^>]*)>\s*;\s*rel="next"/.exec(link ?? '') ?? []
  return target && new URL(target, url).href
}

function sum(subscriptions: readonly Shown[], figure: 'timesSent' | 'timesFailed'): number {
  return subscriptions.reduce((total, { notification }) => total + (notification[figure] ?? 0), 0)
}

export function textOf({ subscriptions, taken, failed }: Told): string {
  if (subscriptions === 0) return 'nobody is subscribed'
  const told = `${counted(taken, 'notification')} to ${counted(subscriptions, 'subscription')}`
  return failed === 0 ? told : `${told}, ${counted(failed, 'failed attempt')}`
}

function counted(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`
}
