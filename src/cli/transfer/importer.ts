/** The lines of an export, one after another → a target. Memory is bounded by two batches of entities. */

import { Problem } from '../../core/model/problems.ts'
import type { Call } from '../../ports/call.ts'
import { type Line, WITH_HISTORY } from './line.ts'
import { readLine } from './read-line.ts'
import type { NumberedLine, Report } from './report.ts'
import { createSequence } from './sequence.ts'
import { createTally, type Tally } from './tally.ts'
import type { Target } from './target.ts'
import { createTenantImport, type ImportRules, type TenantImport } from './tenant-import.ts'
import { TransferError } from './transfer-error.ts'

export interface ImportOptions {
  readonly target: Target
  readonly rules: ImportRules
  /** The Tenant of the file that is imported; all where it is absent. */
  readonly only?: string
  /** The Tenant that what is imported goes into, in place of the one that it is of. */
  readonly into?: string
  callIn(tenant: string): Call
  readonly refused: Report['refused']
}

export interface Importer {
  /** Throws TransferError where it cannot be gone on with. */
  take(line: NumberedLine): Promise<void>
  /** Resolves when all that was taken is stored. Throws TransferError where that failed. */
  drain(): Promise<void>
  /** All is read. Throws TransferError where it was not all of an export, or has not what was asked for. */
  finish(): void
  tally(): Tally
}

export function createImporter(options: ImportOptions): Importer {
  const { target, rules, callIn, only, into } = options
  const sequence = createSequence()
  const tally = createTally(options.refused)
  /** The Tenant whose lines are read; undefined where they are passed over. */
  let current: TenantImport | undefined
  let found = false
  let format = WITH_HISTORY

  const tenant = async (name: string): Promise<void> => {
    await current?.drain()
    current = undefined
    if (only !== undefined && name !== only) return
    found = true
    const owner = into ?? name
    tally.tenant(await target.tenant(owner).catch(asTransferError))
    current = createTenantImport(target, callIn(owner), rules, tally, format >= WITH_HISTORY)
  }
  const apply = async (line: Line, numbered: NumberedLine): Promise<void> => {
    switch (line.kind) {
      case 'export':
        format = line.format
        return into === undefined || only !== undefined ? undefined : needOne(line.tenants)
      case 'broker':
        // What is taken out of a file, or goes elsewhere, is not this broker as a whole.
        if (only === undefined && into === undefined) tally.broker(line.id, await target.broker(line.id))
        return
      case 'tenant':
        return await tenant(line.name)
      case 'refused':
        if (current !== undefined) tally.refused(numbered.line, numbered.bytes.toString('utf8'), line.problem)
        return
      case 'end':
        return
      default:
        return await current?.[line.kind](numbered, line.json)
    }
  }
  return {
    take: async (numbered) => {
      try {
        const line = readLine(numbered.bytes, rules.json)
        sequence.take(line)
        await apply(line, numbered)
      } catch (error) {
        throw error instanceof TransferError ? atLine(numbered.line, error) : error
      }
    },
    drain: async () => current?.drain(),
    finish: () => {
      sequence.finish()
      if (only !== undefined && !found)
        throw new TransferError(`there is no Tenant ${JSON.stringify(only)} in the file`)
    },
    tally: tally.now,
  }
}

function needOne(tenants: number): void {
  if (tenants === 1) return
  throw new TransferError(`the file has ${tenants} Tenants, which do not all go into one; choose one with --only`)
}

function atLine(line: number, error: TransferError): TransferError {
  return new TransferError(`line ${line}: ${error.message}`, error)
}

function asTransferError(error: unknown): never {
  throw error instanceof Problem ? new TransferError(error.detail, error) : error
}
