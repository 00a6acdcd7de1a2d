/** What must not be read in a log or on a screen, wherever it stands in the text. */

const HEADERS =
  /"(authorization|proxy-authorization|cookie|set-cookie|x-auth-token)":(?:"(?:[^"\\]|\\.)*"|\[[^\]]*\])/gi
const CREDENTIALS = /\b((?:Bearer|Basic) )[\w.~+/=-]{8,}/g
/** Bounded, because a log line may be long and must not cost the square of its length. */
const PASSWORDS = /\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@"'<>]*:)[^\s/@"'<>]+@/gi

/** Hides the passwords of URIs, bearer tokens, and the values of headers in JSON that tell who is calling. */
export function redact(text: string): string {
  return text.replace(HEADERS, '"$1":"[hidden]"').replace(CREDENTIALS, '$1[hidden]').replace(PASSWORDS, '$1[hidden]@')
}
