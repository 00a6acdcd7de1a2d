/** In words for people. */
export function whyUnbuilt(error: unknown): string {
  return `the Notification could not be built: ${error instanceof Error ? error.message : String(error)}`
}
