/** Whether a Subscription tells of an entity, and why: what the answer is made of. */

import type { ExplainedName } from './explained-names.ts'

/** One condition, or a part of one. */
export interface ExplainedCondition {
  /** The member of the Subscription, or the part: `q`, `temperature>20`, `entities/0`, `idPattern`. */
  readonly condition: string
  readonly met: boolean
  /** For people. */
  readonly explanation: string
  readonly asked?: readonly ExplainedName[]
  /** What the entity has of that kind. */
  readonly found?: readonly ExplainedName[]
  readonly parts?: readonly ExplainedCondition[]
}

/** A condition, and for people what is probably wrong where it is not met. */
export interface Finding {
  readonly explained: ExplainedCondition
  readonly hints: readonly string[]
}

export interface SubscriptionExplanation {
  readonly subscriptionId: string
  /** That of the subscription, by which names are short. */
  readonly jsonldContext: string
  readonly entity: { readonly id: string; readonly types: readonly ExplainedName[] }
  /** Whether all conditions are met. */
  readonly matches: boolean
  /** For people: the commonest causes, where one is found. */
  readonly hints: readonly string[]
  readonly conditions: readonly ExplainedCondition[]
  /** For people: what beside the conditions decides when it is told. */
  readonly remarks: readonly string[]
}
