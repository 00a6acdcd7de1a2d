import { roundTripTests } from './transfer-round-trip.ts'
import { SQLITE } from './transfer-stores.ts'

roundTripTests(SQLITE, SQLITE)
