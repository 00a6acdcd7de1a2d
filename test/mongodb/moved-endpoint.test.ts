import { describe } from 'vitest'
import { movedEndpoint } from '../notifications/moved-endpoint.ts'
import { sharedDatabase } from './shared-database.ts'

describe('a subscription whose endpoint moves, in three instances on one MongoDB', () =>
  movedEndpoint(sharedDatabase, 400, 100))
