/** The log: JSON lines, or for people on a terminal. */

import pino, { type Logger } from 'pino'
import { redact } from './redact.ts'

export interface LogSettings {
  readonly level: string
  /** `auto`: pretty where the output is a terminal. */
  readonly format: 'auto' | 'json' | 'pretty'
}

interface LogOutput {
  readonly isTTY: boolean
  write(text: string): unknown
}

/** Every line is written before the call returns, so that none is lost with the process. */
export async function createLogger({ level, format }: LogSettings, output = standardOutput()): Promise<Logger> {
  const pretty = format === 'pretty' || (format === 'auto' && output.isTTY)
  const render = pretty ? await prettify(output.isTTY) : (line: string) => line
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    errorKey: 'error',
  }
  return pino(options, { write: (line) => output.write(render(redact(line))) })
}

function standardOutput(): LogOutput {
  const destination = pino.destination({ dest: 1, sync: true })
  return { isTTY: process.stdout.isTTY === true, write: (text) => destination.write(text) }
}

/** Loaded only where it is used: it is not small, and most logs go to a file. */
async function prettify(colorize: boolean): Promise<(line: string) => string> {
  const { prettyFactory } = await import('pino-pretty')
  const format = prettyFactory({
    colorize,
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  })
  return (line) => format(withoutRepetition(JSON.parse(line)))
}

/** Fields are for machines: what the message says already is not shown to people again. */
function withoutRepetition(entry: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const words = new Set(String(entry.msg).split(' '))
  const fields = Object.entries(entry).filter(([name, value]) => KEPT.has(name) || !words.has(String(value)))
  return Object.fromEntries(fields)
}

const KEPT: ReadonlySet<string> = new Set(['level', 'time', 'msg'])
