/** Every sentence of ports/store.ts as tests; each adapter runs them. */

import { describe } from 'vitest'
import type { OpenStore } from './contract-store.ts'
import { countContract } from './counts.ts'
import { discoveryContract } from './discovery.ts'
import { documentContract } from './documents.ts'
import { expiryContract } from './expiry.ts'
import { fidelityContract } from './fidelity.ts'
import { historyContract } from './history.ts'
import { historyAgreementContract } from './history-agreement.ts'
import { historyRetentionContract } from './history-retention.ts'
import { historySeriesContract } from './history-series.ts'
import { historyTransferContract } from './history-transfer.ts'
import { lifetimeContract } from './lifetime.ts'
import { noticeContract } from './notices.ts'
import { queryContract } from './queries.ts'
import { agreementContract } from './query-agreement.ts'
import { tenantContract } from './tenants.ts'
import { walkContract } from './walks.ts'
import { watchContract } from './watches.ts'
import { writeContract } from './writes.ts'

/** `isShared`: whether another instance can be opened on the database of one. */
type Contract = (name: string, open: OpenStore, isShared?: boolean) => void

/** All of it. */
export const storeContract: Contract = (...store) => {
  presentContract(...store)
  pastContract(...store)
  owedContract(...store)
}

/** What is, and what is beside it. */
export const presentContract: Contract = (name, open, isShared = true) => {
  describe(`store contract: ${name}`, () => {
    describe('writes', () => writeContract(open))
    describe('what is stored comes back', () => fidelityContract(open))
    describe('queries', () => queryContract(open))
    describe('query agreement', () => agreementContract(open))
    describe('walks and pages', () => walkContract(open))
    describe('counts', () => countContract(open))
    describe('expiry (4.22)', () => expiryContract(open))
    describe('discovery (5.7.5–5.7.10)', () => discoveryContract(open))
    describe('documents', () => documentContract(open))
    describe('watches', () => watchContract(open, isShared))
    describe('tenants (4.14)', () => tenantContract(open))
    describe('lifetime', () => lifetimeContract(open))
  })
}

/** What was. */
export const pastContract: Contract = (name, open, isShared = true) => {
  describe(`store contract: ${name}`, () => {
    describe('history', () => historyContract(open, isShared))
    describe('history agreement', () => historyAgreementContract(open))
    describe('history, kept bounded', () => historyRetentionContract(open))
    describe('history of very many series', () => historySeriesContract(open))
    describe('history, from store to store', () => historyTransferContract(open))
  })
}

/** What has to be told. */
export const owedContract: Contract = (name, open, isShared = true) => {
  describe(`store contract: ${name}`, () => {
    describe('notices', () => noticeContract(open, isShared))
  })
}
