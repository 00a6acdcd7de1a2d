/** Language tags as keys of a languageMap (4.6.5), as the language of a merge (5.6.17) and as ranges of a filter (4.15). */

const TAG = /^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*$/

/** Whether a text has the form of a language tag (RFC 5646); `@none`, which JSON-LD adds to them, is none. */
export function isLanguageTag(text: string): boolean {
  return TAG.test(text)
}
