/** What delivery asks of those who know how entities are shown (operations/build-notification.ts). */

export type { Build, BuildPeriodic, ToBuild } from '../ports/notification.ts'
