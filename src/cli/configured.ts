import { type Config, ConfigError, loadConfig } from '../config/config.ts'
import { redact } from '../observability/redact.ts'

/** sysexits.h: EX_CONFIG, EX_UNAVAILABLE. A supervisor may take the first for what no other start will change. */
const WRONG_CONFIGURATION = 78
const UNAVAILABLE = 69

/** The settings; ends the process where they are wrong, after a line for each fault. */
export function configuredOrExit(env: Readonly<Record<string, string | undefined>>): Config {
  try {
    return loadConfig(env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return exitForSettings(error)
  }
}

/** Ends the process, after a line for each fault: 78; 69 where a later start may succeed with the same settings. */
export function exitForSettings({ faults, isUnavailable }: ConfigError): never {
  const lines = faults.map((fault) => `  ${redact(fault)}\n`)
  process.stderr.write(`Boya cannot start with these settings:\n${lines.join('')}`)
  return process.exit(isUnavailable ? UNAVAILABLE : WRONG_CONFIGURATION)
}
