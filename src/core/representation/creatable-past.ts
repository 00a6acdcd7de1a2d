/** Whether what comes whole of an evolution, system times and all, is what changes and clients could have made of it. */

import { isDeepStrictEqual } from 'node:util'
import type { CarriedEvolution, CarriedInstance, CarriedSeries, CarriedSummary } from '../history/carried.ts'
import { isValueClass } from '../history/methods.ts'
import type { PastInstances } from '../history/past-instance.ts'
import { show } from '../model/show.ts'
import { NGSI_LD_NULL } from '../model/uri.ts'
import { withAliases } from './aliased-terms.ts'
import { checkAttributes } from './creatable.ts'
import type { DecodeContext } from './decode-entity.ts'
import { decodeEvolution } from './decode-evolution.ts'
import { instanceDiffers } from './difference.ts'
import { below, fault } from './path.ts'
import { type EvolutionRenderOptions, renderEvolution } from './render-evolution.ts'

/** Each throws BadRequestData. */
export interface CreatablePastCheck {
  evolution(evolution: CarriedEvolution): void
  /** But for its instances. */
  series(series: CarriedSeries): void
  instance(attribute: string, instance: CarriedInstance): void
}

/** As createCreatableCheck: what is shown is read again by the rules for clients, and has to be what it was. */
export function createCreatablePastCheck(context: DecodeContext): CreatablePastCheck {
  const { terms, forget } = withAliases(context)
  const reading = { ...context, terms, instances: Number.MAX_SAFE_INTEGER, now: 0 }
  const readAgain = (evolution: CarriedEvolution, instances: PastInstances) => {
    const shown = renderEvolution({ ...evolution, modifiedAt: 0, instances }, { ...SHOWN, terms })
    const read = decodeEvolution(inOneGo(shown), reading)
    forget()
    return read
  }
  const checkInstance = (attribute: string, instance: CarriedInstance): void => {
    checkAttributes({ [attribute]: [instance] }, context.limits)
    const [read] = readAgain(SOME, { [attribute]: [{ ...instance, instanceId: ID }] }).additions
    if (read?.attribute !== attribute || read.instance.deletedAt !== instance.deletedAt)
      throw fault(undefined, `nothing that happens to ${attribute} is recorded as ${show(instance)}`)
    const difference = instanceDiffers(instance, read.instance, undefined)
    if (difference === undefined) return
    const { at, found, read: other } = difference
    throw fault(at, `no client can have made this: ${show(found)} would have been stored as ${show(other)}`)
  }
  return {
    evolution: (evolution) => {
      const { id, types } = readAgain(evolution, {})
      if (id === evolution.id && isDeepStrictEqual(types, evolution.types)) return
      throw fault(below(undefined, 'types'), `would have been stored as ${show(types)}`)
    },
    series: ({ attribute, datasetId, summaries, instances }) => {
      if (instances.length === 0) checkInstance(attribute, { ...GONE, ...(datasetId !== undefined && { datasetId }) })
      summaries.forEach(checkSummary)
    },
    instance: checkInstance,
  }
}

const ID = 'urn:ngsi-ld:Instance:0'
const SOME: CarriedEvolution = { id: 'urn:ngsi-ld:Some:1', types: ['urn:ngsi-ld:Some'], createdAt: 0 }
/** An instance as every Attribute can have it, also the scope. */
const GONE: CarriedInstance = {
  ...{ type: 'Property', value: NGSI_LD_NULL, number: 0 },
  ...{ createdAt: 0, modifiedAt: 0, deletedAt: 0 },
}
const SHOWN: Omit<EvolutionRenderOptions, 'terms'> = {
  ...{ format: 'normalized', sysAttrs: false, timeProperty: 'observedAt', methods: [], backwards: false },
  isShown: () => true,
}

/** What is judged is brief. */
function inOneGo<T>(steps: Generator<void, T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

function checkSummary({ begins, ends, summaries }: CarriedSummary, i: number): void {
  const at = below(below(undefined, 'summaries'), i)
  if (begins >= ends) throw fault(at, `ends at ${ends}, and begins at ${begins}`)
  const wrong = summaries.find(({ valueClass, count }) => !isValueClass(valueClass) || count < 1)
  if (wrong !== undefined) throw fault(at, `no values come to ${show(wrong)}`)
}
