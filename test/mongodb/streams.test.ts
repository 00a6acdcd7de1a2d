/** On MongoDB, two instances. */

import { streamsOfInstances } from '../notifications/streams-of-instances.ts'
import { freshDatabase, mongodbUri } from '../support/mongodb.ts'

streamsOfInstances(() => {
  if (mongodbUri() === undefined) return undefined
  const { uri, drop } = freshDatabase()
  return { setting: uri, drop }
})
