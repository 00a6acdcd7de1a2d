/**
 * The MongoDB server of a run: that of MONGODB_URI, else one of mongodb-memory-server's, where its program is here or can
 * be downloaded. Where there is neither, tests on MongoDB are skipped, and the closing lines of the run say why.
 */

import { MongoMemoryServer } from 'mongodb-memory-server-core'
import type { TestProject } from 'vitest/node'

export interface MongodbOfRun {
  readonly uri?: string
  /** Why there is none. */
  readonly reason?: string
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly mongodb: MongodbOfRun
  }
}

/** Milliseconds to download and to start. */
const PATIENCE = 300_000

export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = process.env.MONGODB_URI
  if (given !== undefined && given !== '') {
    project.provide('mongodb', { uri: given })
    return undefined
  }
  try {
    const server = await MongoMemoryServer.create({ instance: { launchTimeout: PATIENCE } })
    project.provide('mongodb', { uri: server.getUri() })
    return async () => {
      await server.stop()
    }
  } catch (error) {
    const reason = `MONGODB_URI is not set, and mongodb-memory-server could not start one: ${messageOf(error)}`
    project.provide('mongodb', { reason })
    return async () => {
      process.stdout.write(`\nSKIPPED: every test on MongoDB. ${reason}\n`)
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
}
