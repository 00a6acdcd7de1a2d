/** The NGSI-LD Language Filter (4.15): which language of a languageMap answers a list of preferences. */

import type { Json, JsonObject } from '../model/entity.ts'
import { isLanguageTag } from '../model/language-tag.ts'

/** Language ranges in the order of preference, lower case; `*` is any. */
export type LanguagePreference = readonly string[]

/** Parses `fr-CH,fr;q=0.9,*;q=0.5` (RFC 3282). Undefined where the text is no such list. */
export function parseLanguageFilter(text: string): LanguagePreference | undefined {
  const ranges = text.split(',').map((part) => {
    // Trimmed, so that no two runs of spaces stand beside each other in the pattern: it stays linear.
    const match = /^([^\s;]+)\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/.exec(part.trim())
    const range = match?.[1] ?? ''
    if (range !== '*' && !isLanguageTag(range)) return undefined
    return { range: range.toLowerCase(), weight: Number(match?.[2] ?? 1) }
  })
  if (ranges.some((range) => range === undefined)) return undefined
  return ranges
    .flatMap((range) => (range === undefined || range.weight === 0 ? [] : [range]))
    .sort((a, b) => b.weight - a.weight)
    .map(({ range }) => range)
}

/**
 * The text and the tag of the language that fits best. "If the Context Broker cannot serve any matching language, it
 * shall default to any supported language": the default one (`@none`) where there is one, else the first.
 */
export function chooseLanguage(
  map: JsonObject,
  preference: LanguagePreference,
): { readonly tag: string; readonly text: Json } {
  const tags = Object.keys(map)
  const tag = bestTag(tags, preference) ?? (tags.includes('@none') ? '@none' : (tags[0] ?? '@none'))
  return { tag, text: map[tag] ?? '' }
}

function bestTag(tags: readonly string[], preference: LanguagePreference): string | undefined {
  for (const range of preference) {
    if (range === '*') return tags.includes('@none') ? '@none' : tags[0]
    const match = tagFor(tags, range)
    if (match !== undefined) return match
  }
  return undefined
}

/** The tag itself, a more special one, or – RFC 4647, section 3.4 – the range cut short from its end, part by part. */
function tagFor(tags: readonly string[], range: string): string | undefined {
  for (let shorter = range; shorter !== ''; shorter = shorter.slice(0, Math.max(0, shorter.lastIndexOf('-')))) {
    const match =
      tags.find((tag) => tag.toLowerCase() === shorter) ??
      tags.find((tag) => tag.toLowerCase().startsWith(`${shorter}-`))
    if (match !== undefined) return match
  }
  return undefined
}
