/** Answers with evolutions: whole, or as much of them as fits (6.3.10). */

import type Koa from 'koa'
import { SCOPE } from '../core/history/past-instance.ts'
import { fromMicros, type Micros, placeOf, timeOf } from '../core/history/time-property.ts'
import type { Json } from '../core/model/entity.ts'
import { renderEvolution } from '../core/representation/render-evolution.ts'
import type { EvolutionPage, FoundEvolution } from '../ports/history.ts'
import { linkTo } from './paging.ts'
import type { TemporalView } from './temporal-view.ts'

/** What is sent: 206 where there is more than was given. */
export interface TemporalAnswer {
  readonly status: 200 | 206
  readonly shown: readonly Json[]
  /** Values of Link. */
  readonly links: readonly string[]
}

export function answerOf(ctx: Koa.Context, page: EvolutionPage, view: TemporalView): TemporalAnswer {
  const shown = page.evolutions.map((evolution) => renderEvolution(withScopeBefore(evolution), view.options))
  if (page.isSummarized) {
    ctx.set(
      'NGSILD-Warning',
      '199 - "some of the aggregates are of summaries: what they were made of is not kept any more"',
    )
  }
  if (page.cutAt === undefined) return { status: 200, shown, links: [] }
  ctx.set('Content-Range', contentRange(page, page.cutAt, view))
  return { status: 206, shown, links: [linkToRest(ctx, page, page.cutAt, view)] }
}

/** C.5.16: the scope that was valid when the time began. */
function withScopeBefore({ scopeBefore, ...evolution }: FoundEvolution): FoundEvolution {
  const { instances } = evolution
  if (scopeBefore === undefined || instances === undefined) return evolution
  return { ...evolution, instances: { ...instances, [SCOPE]: [...scopeBefore, ...(instances[SCOPE] ?? [])] } }
}

/** 6.3.10; its unit is that of the test suite and of other brokers (see ARCHITECTURE.md). */
function contentRange(page: EvolutionPage, cutAt: Micros, view: TemporalView): string {
  const { temporal, selection } = view
  const { from, until, relation } = temporal
  const times = timesOf(page, view)
  const isBackwards = selection.lastN !== undefined
  const begins = isBackwards
    ? relation === 'after' || until === undefined
      ? Math.max(...times)
      : until
    : relation === 'before' || from === undefined
      ? Math.min(...times)
      : from
  return `date-time ${fromMicros(begins)}-${fromMicros(cutAt)}/${selection.lastN ?? '*'}`
}

function timesOf({ evolutions }: EvolutionPage, { selection }: TemporalView): readonly Micros[] {
  return evolutions.flatMap(({ instances = {} }) =>
    Object.values(instances).flatMap((some) =>
      some.map((instance) => timeOf(instance, selection.timeProperty) ?? placeOf(instance)),
    ),
  )
}

/** The same question, of the time that has not been told. */
function linkToRest(
  ctx: Koa.Context,
  page: EvolutionPage,
  cutAt: Micros,
  { temporal, selection, mediaType }: TemporalView,
): string {
  const { from, until } = temporal
  const parameters = new URLSearchParams(ctx.querystring)
  const [begins, ends] = selection.lastN === undefined ? [cutAt + 1, until] : [from, cutAt]
  if (!selection.onlyTimed) parameters.set('untimed', 'true')
  parameters.set('timerel', begins === undefined ? 'before' : ends === undefined ? 'after' : 'between')
  parameters.set('timeAt', fromMicros(begins ?? ends ?? 0))
  parameters.delete('endTimeAt')
  if (begins !== undefined && ends !== undefined) parameters.set('endTimeAt', fromMicros(ends))
  if (selection.lastN !== undefined) parameters.set('lastN', String(Math.max(1, selection.lastN - fewestShown(page))))
  return linkTo(ctx, parameters, 'next', mediaType)
}

/** Of an Attribute of which something was shown. */
function fewestShown({ evolutions }: EvolutionPage): number {
  const counts = evolutions.flatMap(({ instances = {} }) => Object.values(instances).map(({ length }) => length))
  return Math.min(...counts, Number.MAX_SAFE_INTEGER)
}
