/** Inputs that a broker once answered wrongly: test/fixtures/bad-input, a file each. */

import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { brokerOfFile, expectAnswered, send, sendBytes } from './client.ts'

type Text = string | { readonly repeat: string; readonly times: number }
interface Step {
  readonly method?: string
  readonly path?: string
  readonly headers?: Record<string, string>
  /** Parts of the body, one after another. */
  readonly body?: readonly Text[]
  /** In place of all the above: bytes on a connection of their own. */
  readonly raw?: string
  readonly status: number
  /** What the answer has in it. */
  readonly contains?: string
}
interface Recorded {
  readonly why: string
  readonly steps: readonly Step[]
}

const folder = resolve(import.meta.dirname, '../fixtures/bad-input')
const recorded = readdirSync(folder).map(
  (file) => [file, JSON.parse(readFileSync(join(folder, file), 'utf8')) as Recorded] as const,
)

describe.each(recorded)('%s', (_, { why, steps }) => {
  const broker = brokerOfFile()

  it(why, async () => {
    for (const step of steps) {
      const { status, text } = await answerTo(broker, step)
      expect(status, text).toBe(step.status)
      if (step.contains !== undefined) expect(text).toContain(step.contains)
      expect(text.length).toBeLessThan(20_000)
    }
  })
})

async function answerTo(broker: { readonly url: string }, step: Step): Promise<{ status: number; text: string }> {
  if (step.raw !== undefined) {
    const text = await sendBytes(broker, [step.raw])
    return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]), text }
  }
  const { method = 'GET', path = '/', headers = {}, body } = step
  const text = body?.map((part) => (typeof part === 'string' ? part : part.repeat.repeat(part.times))).join('')
  const answer = await send(broker, { method, path, headers, ...(text !== undefined && { body: text }) })
  expectAnswered(answer, path)
  return answer
}
