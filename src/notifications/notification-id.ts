/** The `id` of a Notification, a URN of what makes it different from all others. */
export function notificationId(of: string): string {
  return `urn:ngsi-ld:Notification:${encodeURIComponent(of)}`
}
