import { SQLITE } from './transfer-stores.ts'
import { importedSubscriptionsTests } from './transfer-subscriptions.ts'

importedSubscriptionsTests(SQLITE)
