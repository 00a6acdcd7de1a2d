/** One line that says how far something is: written over again on a terminal, from time to time elsewhere. */

import type { Terminal } from '../progress.ts'

export interface StatusLine {
  show(text: string): void
  /** What is written after it begins on a line of its own. */
  end(): void
}

const LINE_MS = 5_000
const CLEAR = '\r\u001b[K'

export function createStatusLine(output: Terminal): StatusLine {
  return output.isTTY === true ? overwritten(output) : lines(output)
}

function overwritten(output: Terminal): StatusLine {
  return { show: (text) => output.write(CLEAR + text), end: () => output.write('\n') }
}

function lines(output: Terminal): StatusLine {
  let last = Number.NEGATIVE_INFINITY
  return {
    show: (text) => {
      if (performance.now() - last < LINE_MS) return
      last = performance.now()
      output.write(`${text}\n`)
    },
    end: () => undefined,
  }
}
