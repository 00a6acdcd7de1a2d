/** Entities as a Subscription is told of them (5.8.6). */

import type { TermTable } from '../core/jsonld/terms.ts'
import { isDeleted } from '../core/model/deleted.ts'
import type { AttributeInstance, Entity } from '../core/model/entity.ts'
import { Problem } from '../core/model/problems.ts'
import { CORE } from '../core/model/uri.ts'
import { CURRENT_VERSION, FIRST_VERSION, parseVersion } from '../core/representation/downgrade.ts'
import { parseLanguageFilter } from '../core/representation/language-filter.ts'
import type { Members } from '../core/representation/render-attribute.ts'
import type { Changes } from '../core/representation/render-changes.ts'
import { projectionOf } from '../core/subscription/shown-members.ts'
import type { Subscription } from '../core/subscription/subscription.ts'
import type { Told } from '../core/subscription/tell.ts'
import type { Call } from '../ports/call.ts'
import type { Met } from './linked-entities.ts'
import type { OperationContext } from './operation-context.ts'
import { createRepresenter, isEmpty, type Rendered } from './represent.ts'
import { appendedTo, inlining, inTurns, type LinkingView } from './shown-linked.ts'

/** Those of which pick and omit leave nothing are left out. */
export async function showTold(
  context: OperationContext,
  call: Call,
  subscription: Subscription,
  terms: TermTable,
  told: readonly Told[],
): Promise<readonly Members[]> {
  const view = viewOf(subscription, terms)
  const shown = await withLinked(context, call, subscription, view, told)
  return shown.map(({ json }) => json).filter((json) => !isEmpty(json))
}

/** Where the linked entities are more than one request may have, they are not shown: what has changed is told all the same. */
async function withLinked(
  context: OperationContext,
  call: Call,
  { id }: Subscription,
  view: LinkingView,
  told: readonly Told[],
): Promise<readonly Rendered[]> {
  const alone = () => inTurns(told, (each) => view.render(each.entity, view.projection, undefined, changesOf(each)))
  const from = told.flatMap(linkingFrom)
  try {
    if (view.join.kind === 'flat') return [...(await alone()), ...(await appendedTo(context, call, view, from))]
    if (view.join.kind === 'none') return await alone()
    const inline = await inlining(context, call, view, from)
    return await inTurns(told, (each) => inline(each.entity, changesOf(each)))
  } catch (error) {
    if (!(error instanceof Problem && error.kind === 'TooManyResults')) throw error
    const fields = { tenant: call.tenant, subscription: id, reason: error.detail }
    call.log.warn(fields, 'a notification is sent without linked entities: they are too many')
    return await alone()
  }
}

function viewOf({ representation, endpoint }: Subscription, terms: TermTable): LinkingView {
  const { format, sysAttrs, join } = representation
  const projection = projectionOf(representation)
  const lang = representation.lang === undefined ? undefined : parseLanguageFilter(representation.lang)
  const version = parseVersion(representation.ngsildConformance ?? '')
  const geometry = { property: `${CORE}location`, datasetIds: projection.datasetIds ?? [undefined] }
  const representer = createRepresenter({
    ...{ terms, format, sysAttrs, projection },
    ...(lang !== undefined && { lang }),
    // As in the Prefer header, a version that there never was says nothing.
    ...(version !== undefined && version >= FIRST_VERSION && { version: Math.min(version, CURRENT_VERSION) }),
    ...(endpoint.accept === 'application/geo+json' && { geometry }),
  })
  return { ...representer, join: { ...join, containedBy: [] } }
}

function changesOf({ deletedAt, attributesDeletedAt, previous }: Told): Changes {
  return {
    ...(deletedAt !== undefined && { deletedAt }),
    ...(attributesDeletedAt !== undefined && { attributesDeletedAt }),
    ...(previous !== undefined && { previous }),
  }
}

/** What has been told of is on the way to everything; what is gone leads nowhere, and nothing leads to it. */
function linkingFrom({ entity, deletedAt, attributesDeletedAt }: Told): readonly Met[] {
  if (deletedAt !== undefined) return []
  return [{ entity: attributesDeletedAt === undefined ? entity : withoutDeleted(entity), size: 0 }]
}

function withoutDeleted(entity: Entity): Entity {
  const attributes: Record<string, readonly AttributeInstance[]> = {}
  for (const name in entity.attributes) {
    const kept = (entity.attributes[name] ?? []).filter((instance) => !isDeleted(instance))
    if (kept.length > 0) attributes[name] = kept
  }
  return { ...entity, attributes }
}
