/** A shell as a person has it: commands are typed, what they print is read, Ctrl-C ends them. */

import { spawn } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'

export interface Terminal {
  output(): string
  /** Resolves with the output, once a pattern is in it. Throws where the command ends without. */
  until(pattern: RegExp): Promise<string>
  /** Resolves with the exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>
  /** Ctrl-C: all that was started gets the signal. */
  interrupt(): Promise<number | null>
}

/** No setting of the one who runs the tests reaches what is started. */
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('BOYA_')))

/** `env`: beside that of the one who runs the tests. */
export function type(command: string, cwd: string, env: Readonly<Record<string, string>> = {}): Terminal {
  const child = spawn('sh', ['-c', command], { cwd, detached: true, env: { ...environment, ...env } })
  let output = ''
  const add = (bytes: Buffer) => {
    output += bytes.toString()
  }
  child.stdout.on('data', add)
  child.stderr.on('data', add)
  let over = false
  const ended = new Promise<number | null>((done) => {
    child.on('close', (code) => {
      over = true
      done(code)
    })
  })
  return {
    output: () => output,
    ended,
    until: async (pattern) => {
      while (!pattern.test(output)) {
        if (over) throw new Error(`ended without ${pattern}: ${output}`)
        await pause(20)
      }
      return output
    },
    interrupt: () => {
      if (!over && child.pid !== undefined) process.kill(-child.pid, 'SIGINT')
      return ended
    },
  }
}
