/** Which line may follow which, and whether the last one is there: a file that was cut, or lost lines, is noticed. */

import { type Counts, type Line, NONE, OF_TENANT, type OfTenant } from './line.ts'
import { TransferError } from './transfer-error.ts'

export interface Sequence {
  /** Throws TransferError where the line cannot stand here. */
  take(line: Line): void
  /** Throws TransferError where the last line is missing. */
  finish(): void
}

export function createSequence(): Sequence {
  const counts = { ...NONE }
  let last: Line['kind'] | undefined
  let announced = 0
  let tenant: string | undefined
  const refuse = (why: string): never => {
    throw new TransferError(why)
  }
  const check = (line: Line): void => {
    if (last === 'end') refuse('nothing can follow the last line of an export')
    if ((last === undefined) !== (line.kind === 'export')) refuse(beginsWrong(line))
    if (line.kind === 'broker' && last !== 'export') refuse('the id of the broker stands in the second line')
    if (line.kind === 'tenant') checkTenant(line.name)
    if (belongsToTenant(line) && counts.tenants === 0) refuse('it stands before any Tenant')
    if (kindOf(line) === 'series' && last !== 'evolution' && last !== 'series')
      refuse('it belongs to an evolution, and stands behind none')
    if (line.kind === 'end') checkCounts(line.counts, counts)
  }
  /** One that cannot stand here may be damaged: all that follows it would go to the wrong Tenant. */
  const checkTenant = (name: string): void => {
    if (counts.tenants === announced)
      refuse(`the first line says that there are ${announced} Tenants, and here is one more`)
    if (tenant !== undefined && name <= tenant) {
      refuse(
        `the Tenant ${JSON.stringify(name)} cannot stand behind ${JSON.stringify(tenant)}: they are in the order of their names`,
      )
    }
  }
  return {
    take: (line) => {
      check(line)
      if (line.kind === 'export') announced = line.tenants
      if (line.kind === 'tenant') tenant = line.name
      const counted = countedAs(line)
      if (counted !== undefined) counts[counted]++
      last = kindOf(line)
    },
    finish: () => {
      if (last === undefined) refuse('it is empty; an export has two lines at least')
      if (last !== 'end')
        refuse(
          'it is cut: its last line, which says how much there is, is missing. What it has was taken; get the whole file and import it, too',
        )
    },
  }
}

function beginsWrong({ kind }: Line): string {
  return kind === 'export'
    ? 'a second export begins here; import one after the other'
    : 'it is not the first line of an export of Boya'
}

function belongsToTenant(line: Line): boolean {
  return OF_TENANT.some((each) => each === kindOf(line))
}

/** Also of one that is beyond a limit. */
function kindOf(line: Line): Exclude<Line['kind'], 'refused'> {
  return line.kind === 'refused' ? line.of : line.kind
}

const COUNTED: Readonly<Record<OfTenant | 'tenant', keyof Counts>> = {
  tenant: 'tenants',
  context: 'contexts',
  entity: 'entities',
  evolution: 'evolutions',
  series: 'series',
  retention: 'retentions',
  subscription: 'subscriptions',
}

function countedAs(line: Line): keyof Counts | undefined {
  const kind = kindOf(line)
  switch (kind) {
    case 'export':
    case 'broker':
    case 'end':
      return undefined
    default:
      return COUNTED[kind]
  }
}

function checkCounts(said: Counts, found: Counts): void {
  const wrong = Object.values(COUNTED).find((name) => said[name] !== found[name])
  if (wrong === undefined) return
  throw new TransferError(`the file had ${said[wrong]} ${wrong} and has ${found[wrong]}: lines were lost or added`)
}
