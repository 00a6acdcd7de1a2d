/** One setting's text → its value, or what is wrong with it. */

import type { Setting } from './settings.ts'

export type SettingValue = string | number | readonly string[] | undefined

/** Throws an Error whose message says what would be right. */
export function parseSetting(setting: Setting, text: string | undefined): SettingValue {
  const given = text === undefined || text === '' ? setting.default : text
  if (given === undefined) return setting.kind === 'list' ? [] : undefined
  switch (setting.kind) {
    case 'text':
      return given
    case 'choice':
      return checkChoice(setting, given)
    case 'list':
      return parseList(setting, given)
    case 'integer':
      return checkRange(setting, parseWith(given, /^\d+$/, {}, 'a whole number'))
    case 'bytes':
      return checkRange(
        setting,
        parseWith(given, /^(\d+)(KiB|MiB)?$/, { KiB: 1024, MiB: 1_048_576 }, 'a size such as 8MiB'),
      )
    case 'duration':
      return checkRange(
        setting,
        parseWith(given, /^(\d+)(ms|s|m)?$/, { ms: 1, s: 1000, m: 60_000 }, 'a duration such as 5s'),
      )
  }
}

function parseWith(text: string, pattern: RegExp, units: Readonly<Record<string, number>>, expected: string): number {
  const match = pattern.exec(text)
  if (match === null) throw new Error(`"${text}" is not ${expected}`)
  return Number(match[1] ?? match[0]) * (units[match[2] ?? ''] ?? 1)
}

function checkRange({ min = 0, max = Number.MAX_SAFE_INTEGER }: Setting, value: number): number {
  if (value >= min && value <= max) return value
  throw new Error(value < min ? `${value} is too small: at least ${min}` : `${value} is too large: at most ${max}`)
}

function checkChoice({ choices = [] }: Setting, text: string): string {
  if (choices.includes(text)) return text
  throw new Error(`"${text}" is none of ${choices.join(', ')}`)
}

function parseList(setting: Setting, text: string): readonly string[] {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
  return setting.choices === undefined ? items : items.map((item) => checkChoice(setting, item))
}
