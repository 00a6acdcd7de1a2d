import { describe } from 'vitest'
import { agreementContract } from '../notifications/agreement.ts'
import { owedExactly } from '../notifications/owed-exactly.ts'
import { sharedDatabase } from './shared-database.ts'

describe('subscriptions, in two instances on one MongoDB', () => agreementContract(sharedDatabase, 1_000))

describe('what changes owe that are made while subscriptions change', () => owedExactly(sharedDatabase, 1, 2))
