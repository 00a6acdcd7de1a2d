import { beforeEach, inject } from 'vitest'

const { uri, reason } = inject('mongodb')

if (uri === undefined) beforeEach((test) => test.skip(reason))
