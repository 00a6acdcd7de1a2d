import { type Config, ConfigError, loadConfig } from '../config/config.ts'
import { redact } from '../observability/redact.ts'

/** sysexits.h: EX_CONFIG */
const WRONG_CONFIGURATION = 78

/** The settings; ends the process where they are wrong, after a line for each fault. */
export function configuredOrExit(env: Readonly<Record<string, string | undefined>>): Config {
  try {
    return loadConfig(env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return exitForSettings(error)
  }
}

export function exitForSettings({ faults }: ConfigError): never {
  const lines = faults.map((fault) => `  ${redact(fault)}\n`)
  process.stderr.write(`Boya cannot start with these settings:\n${lines.join('')}`)
  return process.exit(WRONG_CONFIGURATION)
}
