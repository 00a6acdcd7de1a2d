/** Answers with evolutions: whole, or as much of them as fits (6.3.10). */

import { setImmediate as nextTurn } from 'node:timers/promises'
import type Koa from 'koa'
import { SCOPE } from '../core/history/past-instance.ts'
import { placeIn } from '../core/history/select.ts'
import { fromMicros, type Micros } from '../core/history/time-property.ts'
import type { Json } from '../core/model/entity.ts'
import { downgradeEvolution } from '../core/representation/downgrade-evolution.ts'
import {
  type EvolutionRenderOptions,
  renderEvolution,
  type ShownEvolution,
} from '../core/representation/render-evolution.ts'
import type { EvolutionPage, FoundEvolution } from '../ports/history.ts'
import { linkTo } from './paging.ts'
import { beyondOf, type TemporalView } from './temporal-view.ts'
import { appliedVersion } from './view.ts'

/** What is sent: 206 where there is more than was given, 203 where it was altered to conform to an earlier version (4.3.6.8). */
export interface TemporalAnswer {
  readonly status: 200 | 203 | 206
  readonly shown: readonly Json[]
  /** Value of Link, to the rest. */
  readonly rest?: string
}

/**
 * What is to be sent of a page, as its view has it. It sets the headers that go with it: Preference-Applied, Content-Range (6.3.10), and
 * NGSILD-Warning (6.3.17) where aggregates are of summaries.
 * @param which an evolution that was asked for by its id is shown also where nothing of it is left
 */
export async function answerOf(
  ctx: Koa.Context,
  page: EvolutionPage,
  view: TemporalView,
  which: 'one' | 'page',
): Promise<TemporalAnswer> {
  const evolutions = page.evolutions.map((evolution) => withScopeBefore(evolution, page, view))
  // What has been told of to the end is not told of again.
  const isRest = which === 'page' && beyondOf(view) !== undefined
  const told = isRest ? evolutions.filter(hasInstances) : evolutions
  const versioned = told.map((evolution) => inVersion(evolution, view))
  const shown = await inTurns(renderAll(versioned, view.options))
  const applied = appliedVersion(view)
  if (applied !== undefined) ctx.set('Preference-Applied', applied)
  if (page.isSummarized) ctx.set('NGSILD-Warning', OF_SUMMARIES)
  if (page.lacksSummarized) ctx.set('NGSILD-Warning', WITHOUT_SUMMARIES)
  const isAltered = versioned.some((evolution, i) => evolution !== told[i])
  if (page.cutAt === undefined || !view.showsInstances) return { status: isAltered ? 203 : 200, shown }
  ctx.set('Content-Range', contentRange(page, page.cutAt, view))
  return { status: 206, shown, rest: linkToRest(ctx, page.cutAt, view) }
}

const OF_SUMMARIES =
  '199 - "some of the aggregates are of summaries, each of which counts where its period begins, and its different values by themselves: what they were made of is not kept any more"'
const WITHOUT_SUMMARIES =
  '199 - "some of what was is only in summaries, and not in these aggregates: with lastN, another timeproperty than observedAt, or scopes it is not known what of it is asked for"'

function* renderAll(all: readonly ShownEvolution[], options: EvolutionRenderOptions): Generator<void, readonly Json[]> {
  const shown: Json[] = []
  for (const evolution of all) {
    shown.push(yield* renderEvolution(evolution, options))
    yield
  }
  return shown
}

/** Milliseconds of the event loop, after which it is others' turn. */
const TURN_MS = 5

async function inTurns<T>(steps: Generator<void, T>): Promise<T> {
  let begun = performance.now()
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    if (performance.now() - begun < TURN_MS) continue
    await nextTurn()
    begun = performance.now()
  }
}

function inVersion(evolution: FoundEvolution, { version, options: { terms, lang } }: TemporalView): ShownEvolution {
  if (version === undefined) return evolution
  return downgradeEvolution(evolution, { version, terms, inOneLanguage: lang !== undefined })
}

function hasInstances({ instances = {} }: FoundEvolution): boolean {
  return Object.keys(instances).length > 0
}

/** C.5.16: the scope that was valid when the time began, in the part of the answer in which it begins. */
function withScopeBefore(
  { scopeBefore, ...evolution }: FoundEvolution,
  { cutAt }: EvolutionPage,
  view: TemporalView,
): FoundEvolution {
  const { instances } = evolution
  const isElsewhere = isBackwards(view) ? cutAt !== undefined : beyondOf(view) !== undefined
  if (scopeBefore === undefined || instances === undefined || isElsewhere) return evolution
  return { ...evolution, instances: { ...instances, [SCOPE]: [...scopeBefore, ...(instances[SCOPE] ?? [])] } }
}

function isBackwards({ selection }: TemporalView): boolean {
  return selection.lastN !== undefined
}

/** 6.3.10; its unit is that of the test suite and of other brokers (see ARCHITECTURE.md). */
function contentRange(page: EvolutionPage, cutAt: Micros, view: TemporalView): string {
  const begins = isBackwards(view) ? latest(page, view) : earliest(page, view)
  return `date-time ${fromMicros(begins)}-${fromMicros(cutAt)}/${view.selection.lastN ?? '*'}`
}

/** "timeAt for requests with timerel=before, endTimeAt for requests with timerel=between, or the most recent timestamp"; of a rest, where it begins. */
function latest(page: EvolutionPage, view: TemporalView): Micros {
  const { until } = view.temporal
  return beyondOf(view) ?? until ?? timesOf(page, view).reduce((a, b) => Math.max(a, b))
}

/** "timeAt for requests with timerel=after or timerel=between, or the least recent timestamp"; of a rest, where it begins. */
function earliest(page: EvolutionPage, view: TemporalView): Micros {
  const { from } = view.temporal
  const beyond = beyondOf(view)
  if (beyond !== undefined) return beyond + 1
  return from ?? timesOf(page, view).reduce((a, b) => Math.min(a, b))
}

function timesOf({ evolutions }: EvolutionPage, { selection }: TemporalView): readonly Micros[] {
  return evolutions.flatMap(({ instances = {} }) =>
    Object.values(instances).flatMap((some) => some.flatMap((instance) => placeIn(selection, instance) ?? [])),
  )
}

/** The same question, and from where on it has not been answered. */
function linkToRest(ctx: Koa.Context, cutAt: Micros, { mediaType }: TemporalView): string {
  const parameters = new URLSearchParams(ctx.querystring)
  parameters.set('beyond', fromMicros(cutAt))
  return linkTo(ctx, parameters, 'next', mediaType)
}
