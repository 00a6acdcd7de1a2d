import { describe } from 'vitest'
import { movedEndpoint } from './moved-endpoint.ts'
import { sharedDirectory } from './shared-directory.ts'

describe('a subscription whose endpoint moves, in three processes on one SQLite file', () =>
  movedEndpoint(sharedDirectory, 0, 40))
