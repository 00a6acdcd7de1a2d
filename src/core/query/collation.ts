/** How texts are ordered (4.23.1, 4.23.3): ICU's collations, by RFC 6067. */

/** What `-u-ks-` says of strength, which Intl does not take from a tag. */
const STRENGTHS: Readonly<Record<string, Intl.CollatorOptions['sensitivity']>> = {
  level1: 'base',
  level2: 'accent',
  level3: 'variant',
  level4: 'variant',
  identic: 'variant',
}

/** English has the root collation as it is; `und` would be the language of the machine. */
const ROOT = 'en'

/** RFC 5646 recommends room for 35. */
const LONGEST = 100

/** Whether a text is a tag of a collation that there is. */
export function isCollation(tag: string): boolean {
  if (tag.length > LONGEST) return false
  let canonical: string | undefined
  try {
    canonical = Intl.getCanonicalLocales(tag)[0]
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
  if (canonical === undefined) return false
  const locale = new Intl.Locale(canonical)
  const strength = keyword(canonical, 'ks')
  if (strength !== undefined && !Object.hasOwn(STRENGTHS, strength)) return false
  return locale.collation === undefined || isKnown(canonical, locale.collation)
}

/** What a language has without being asked for it, ICU does not name when it is. */
const OWN: Readonly<Record<string, readonly string[]>> = { zh: ['pinyin', 'stroke'] }

function isKnown(tag: string, collation: string): boolean {
  return (
    collation === 'standard' ||
    collation === 'root' ||
    OWN[new Intl.Locale(tag).language]?.includes(collation) ||
    new Intl.Collator(base(tag)).resolvedOptions().collation === collation
  )
}

/** 4.23.1: "the default collation order shall be defined as using ICU "root" collation order". */
export function collatorFor(collation: string | undefined): Intl.Collator {
  if (collation === undefined) return new Intl.Collator(ROOT)
  const tag = Intl.getCanonicalLocales(collation)[0] ?? ROOT
  const sensitivity = STRENGTHS[keyword(tag, 'ks') ?? '']
  return new Intl.Collator(base(tag), sensitivity === undefined ? {} : { sensitivity })
}

/** A tag of a language that ICU knows. */
function base(tag: string): string {
  const locale = new Intl.Locale(tag)
  const isRoot = locale.language === 'und' || Intl.Collator.supportedLocalesOf(tag).length === 0
  return isRoot
    ? new Intl.Locale(ROOT, {
        ...(locale.collation && { collation: locale.collation }),
        ...(locale.caseFirst && { caseFirst: locale.caseFirst as 'upper' | 'lower' | 'false' }),
        ...(locale.numeric !== undefined && { numeric: locale.numeric }),
      }).toString()
    : tag
}

/** `''` where the key has no value. */
function keyword(tag: string, key: string): string | undefined {
  const found = new RegExp(`-u(?:-[a-z0-9]{2,8})*?-${key}(?:-([a-z0-9]{3,8}))?(?=-|$)`).exec(tag.toLowerCase())
  return found === null ? undefined : (found[1] ?? '')
}
