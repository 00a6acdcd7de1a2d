/**
 * The closed family of problems that operations raise: those of 5.5.2 but NoMultiTenantSupport, as there are always
 * Tenants. How each looks on the wire: http/problem-details.ts.
 */

export type ProblemKind =
  | 'AlreadyExists'
  | 'BadRequestData'
  | 'Conflict'
  | 'InternalError'
  | 'InvalidRequest'
  | 'LdContextNotAvailable'
  | 'NonexistentTenant'
  | 'OperationNotSupported'
  | 'ResourceNotFound'
  | 'TooComplexQuery'
  | 'TooManyResults'

/**
 * Raised when an operation cannot do what was asked. `detail` is read by the sender of the request: it says what was
 * wrong and how to put it right; `at` says where: a JSON pointer into the body, or the name of a parameter or header.
 */
export class Problem extends Error {
  readonly kind: ProblemKind
  readonly detail: string
  readonly at: string | undefined

  constructor(kind: ProblemKind, detail: string, at?: string) {
    super(at === undefined ? detail : `${detail} (at ${at})`)
    this.name = 'Problem'
    this.kind = kind
    this.detail = detail
    this.at = at
  }
}

/** 5.5.4: data that does not meet the API's data types. */
export function badRequest(detail: string, at?: string): Problem {
  return new Problem('BadRequestData', detail, at)
}

/** 5.5.2, ResourceNotFound. */
export function notFound(detail: string): Problem {
  return new Problem('ResourceNotFound', detail)
}

/** `bytes`: of the entity as it would be stored. */
export function entityTooLarge(id: string, bytes: number, maxBytes: number): Problem {
  return badRequest(
    `the entity ${id} would have ${bytes} bytes; at most ${maxBytes} are stored (BOYA_MAX_ENTITY_BYTES): divide it into several entities`,
  )
}

/** 5.5.2, TooManyResults: "… producing so many results that can exhaust client or server resources." */
export function pageTooLarge(maxBytes: number): Problem {
  return new Problem(
    'TooManyResults',
    `the entities of this page have more than ${maxBytes} bytes together (BOYA_MAX_PAGE_BYTES); ask for fewer`,
    'limit',
  )
}

/** 5.5.10 */
export function nonexistentTenant(tenant: string): Problem {
  return new Problem(
    'NonexistentTenant',
    `There is no Tenant ${JSON.stringify(tenant)}. Creating an Entity, its temporal evolution or a Subscription in it, or adding an @context to it, makes it.`,
    'NGSILD-Tenant',
  )
}

/** 5.5.2, Conflict: "The operation conflicts with the current state of the system." */
export function tooManyTenants(most: number): Problem {
  return new Problem(
    'Conflict',
    `there are ${most} Tenants, as many as there can be (BOYA_MAX_TENANTS): use one that exists, or have the setting raised`,
    'NGSILD-Tenant',
  )
}

/** 5.5.2, Conflict. `most`: of a Tenant. */
export function tooManySubscriptions(most: number): Problem {
  return new Problem(
    'Conflict',
    `the Tenant has ${most} subscriptions, as many as it can have (BOYA_MAX_SUBSCRIPTIONS): delete one that is not needed, or have the setting raised`,
  )
}

/** What a selection names, in a list or in a language, costs a look-up each. `at`: the parameter. */
export function tooWideSelection(names: number, most: number, at: string): Problem {
  return new Problem(
    'TooComplexQuery',
    `the selection has ${names} names; at most ${most} are taken (BOYA_MAX_SELECTION): divide it among several requests`,
    at,
  )
}
