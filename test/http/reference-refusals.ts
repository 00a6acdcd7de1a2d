/** What the reference model refuses before it looks at an entity (5.5.4). */

import { type Form, type Fragment, type Kind, NULL, type Sent, type Step, tellsType } from './reference-fragments.ts'

/** Thrown where a clause says that the operation is an error. */
export class Refusal {
  readonly status: number
  constructor(status: number) {
    this.status = status
  }
}

/** 4.5.3.2: "unitCode: shall never be present, as Relationships are unitless", not to be removed either; the same of other kinds. */
export function checkUnit(kind: Kind, { unitCode }: Readonly<Record<string, string>>): void {
  if (unitCode !== undefined && !['Property', 'GeoProperty', 'ListProperty'].includes(kind)) {
    throw new Refusal(400)
  }
}

interface Rules {
  /** NGSI-LD Null deletes (5.5.4). */
  readonly nulls?: boolean
  /** Also inside values (5.5.4: "with the exception of NGSI-LD Fragments used in merge operations"). */
  readonly innerNulls?: boolean
  /** An Attribute may come without its value. */
  readonly parts?: boolean
}

const RULES: Readonly<Partial<Record<Step['operation'], Rules>>> = {
  update: { nulls: true },
  partialUpdate: { nulls: true, parts: true },
  merge: { nulls: true, innerNulls: true, parts: true },
}

/** 5.5.4 */
export function checkFragment(step: Step): void {
  const rules = RULES[step.operation] ?? {}
  if ('sent' in step) checkSent(step.sent, rules, step.form)
  if ('fragment' in step) checkAll(step.fragment.attributes, rules, step.form)
}

function checkAll(attributes: Fragment['attributes'], rules: Rules, form: Form): void {
  for (const all of Object.values(attributes)) for (const sent of all) checkSent(sent, rules, form)
}

function checkSent(sent: Sent, rules: Rules, form: Form): void {
  const { kind, value, elements, subs } = sent
  if (value === undefined && !rules.parts) throw new Refusal(400)
  if (!rules.nulls && (value === NULL || Object.values(elements).includes(NULL))) throw new Refusal(400)
  if (!rules.innerNulls && value !== NULL && JSON.stringify(value ?? null).includes(NULL)) throw new Refusal(400)
  if (value !== undefined || tellsType(sent, form)) checkUnit(kind, elements)
  checkAll(subs, rules, form)
}
