/** The only reader of the environment. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env
}
