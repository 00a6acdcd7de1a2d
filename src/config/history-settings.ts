/** What is kept of changes, and for how long. */

import * as kinds from './kinds.ts'
import { setting } from './setting.ts'

export const history = {
  BOYA_HISTORY: setting(
    kinds.list(kinds.recordingRule),
    '',
    'What of changes is kept as history: a list of rules, of which the first that is for a type and an Attribute decides; what none is for is kept. `all` keeps everything, `none` nothing, `-Bus speed` not the speed of buses, `Bus,-*` only buses. Names are IRIs, or names of the core @context and of the default vocabulary. Default: all is kept.',
  ),
  BOYA_HISTORY_AFTER_DELETION: setting(
    kinds.choice('keep', 'delete'),
    'keep',
    'What becomes of the temporal evolution of an entity that is deleted or expires: `keep` it, with `deletedAt`, or `delete` it with the entity.',
  ),
  BOYA_HISTORY_RETENTION: setting(
    kinds.retention,
    '[]',
    'For how long history is kept: a JSON array of rules, of which the first that is for a type, or for all, holds. `raw` is for how long instances are kept, `summaries` in what periods they are summarized after that, and for how long; both count from when something was observed, so that `keep` is longer than `raw`; durations are those of ISO 8601: `[{"type":"Bus","raw":"P30D","summaries":{"every":"PT1H","keep":"P5Y"}},{"raw":"P1Y"}]`. A Tenant may have rules of its own: `PUT /boya/v1/history/retention` with `{"rules":[…]}`. Of what has been summarized aggregates are answered, by `observedAt` and where its period begins within the time; its instances, and what `q` says of them, are gone. Default: all is kept for ever.',
  ),
  BOYA_HISTORY_SCHEDULE: setting(
    kinds.cron,
    '*/10 * * * *',
    'When history that is too old is summarized and removed; five fields, or six with seconds. One of the processes on a store does it, in small steps.',
  ),
  BOYA_LATE_OBSERVATIONS: setting(
    kinds.list(kinds.entityType),
    '',
    'Types of entities, `*` for all, of which an update with an `observedAt` before the one that is stored goes into the history only, and leaves the current value as it is; what a request that replaces the entity does not name is gone as always. Default: none, the last update is the current one.',
  ),
  BOYA_REPEATED_OBSERVATIONS: setting(
    kinds.list(kinds.entityType),
    '',
    'Types of entities, `*` for all, of which an update that is the same as what is stored, its `observedAt` as well, changes nothing: it makes no instance in the history, and nobody is told. Default: none.',
  ),
}
