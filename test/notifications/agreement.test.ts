import { describe } from 'vitest'
import { agreementContract } from './agreement.ts'
import { sharedDirectory } from './shared-directory.ts'

describe('subscriptions, in two processes on one SQLite file', () => agreementContract(sharedDirectory, 0))
