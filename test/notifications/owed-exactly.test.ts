import { describe } from 'vitest'
import { owedExactly } from './owed-exactly.ts'
import { sharedDirectory } from './shared-directory.ts'

describe('what changes owe, made through two processes on one SQLite file while subscriptions change', () =>
  owedExactly(sharedDirectory, 2, 8))
