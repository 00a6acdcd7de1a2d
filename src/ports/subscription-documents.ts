/** Under which kinds and ids documents about subscriptions are kept (DocumentStore), for those who write and who read them. */

/** In the Tenant of the subscription, by its id: what it is. */
export const SUBSCRIPTION = 'subscription'
/** In the Tenant of the subscription, by its id: what became of its notifications. */
export const SUBSCRIPTION_FIGURES = 'subscriptionFigures'
/** In the default Tenant, one for each Tenant that has had a subscription: another text after each change of one. */
export const SUBSCRIPTION_REVISION = 'subscriptionRevision'

/** The id of a Tenant's revision; the default Tenant's name is empty, which an id cannot be. */
export function revisionIdOf(tenant: string): string {
  return `-${tenant}`
}

/** The Tenant that a revision is of. */
export function tenantOfRevision(id: string): string {
  return id.slice(1)
}
