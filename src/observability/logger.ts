/** The log: JSON lines, or for people on a terminal. */

import { createRequire } from 'node:module'
import pino, { type Logger } from 'pino'

export interface LogSettings {
  readonly level: string
  /** `auto`: pretty where the output is a terminal. */
  readonly format: 'auto' | 'json' | 'pretty'
}

/** What must not be in a log, wherever it stands in the fields. */
const SECRETS = ['*.authorization', '*.Authorization', '*.cookie', 'headers.authorization']

export function createLogger({ level, format }: LogSettings): Logger {
  const pretty = format === 'pretty' || (format === 'auto' && process.stdout.isTTY === true)
  const options = {
    level,
    base: null,
    redact: SECRETS,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { error: pino.stdSerializers.err, err: pino.stdSerializers.err },
  }
  return pretty ? pino(options, prettyStream()) : pino(options, pino.destination({ dest: 1, sync: true }))
}

/** Loaded only where it is used: it is not small, and most logs go to a file. */
function prettyStream(): pino.DestinationStream {
  const load = createRequire(import.meta.url)
  const prettify = load('pino-pretty') as typeof import('pino-pretty').PinoPretty
  return prettify({
    sync: true,
    colorize: process.stdout.isTTY === true,
    ignore: 'pid,hostname',
    translateTime: 'HH:MM:ss.l',
    singleLine: true,
  })
}
