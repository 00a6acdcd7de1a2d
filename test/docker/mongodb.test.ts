/** docker/compose.mongodb.yaml: that those who name the replica set agree; and what is run to make it. */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { compose, docker, textOf } from './compose-files.ts'

const PASSWORD = 'c0ffee'
const { services } = compose('compose.mongodb.yaml', { MONGODB_PASSWORD: PASSWORD })
const members = Object.entries(services).filter(([, { command }]) => command?.[0] === 'mongod')
const boyas = Object.values(services).filter(({ image }) => image === 'boya')
const setup = services['mongo-setup']
const hosts = String(setup?.environment?.MEMBERS).split(',')

describe('the replica set', () => {
  it('has three members by the names that they are reached by, each with data of its own', () => {
    expect(members.map(([name]) => `${name}:27017`)).toEqual(hosts)
    expect(hosts).toHaveLength(3)
    expect(members.map(([, { hostname }]) => `${hostname}:27017`)).toEqual(hosts)
    const data = members.map(([, { volumes = [] }]) => volumes.find((mount) => mount.endsWith(':/data/db')))
    expect(new Set(data).size).toBe(3)
  })
  it('is out of reach of clients and of the load balancer', () => {
    for (const [, { networks, ports }] of members) expect([networks, ports]).toEqual([['back'], undefined])
    expect(services['load-balancer']?.networks).toEqual(['front'])
    expect(textOf('compose.mongodb.yaml')).toMatch(/^ {2}back:\n {4}internal: true$/m)
  })
  it('is what all three Boyas are told of, with the user that is made for them', () => {
    const stores = boyas.map(({ environment }) => new URL(String(environment?.BOYA_STORE).replace(/,[^/]*/, '')))
    expect(stores).toHaveLength(3)
    for (const store of stores) {
      expect([store.username, store.password, store.hostname]).toEqual(['boya', PASSWORD, 'mongo1'])
      expect(Object.fromEntries(store.searchParams)).toEqual({ replicaSet: 'boya', authSource: 'admin' })
    }
    const named = boyas.map(({ environment }) => /@([^/]*)/.exec(String(environment?.BOYA_STORE))?.[1])
    expect(new Set(named)).toEqual(new Set([hosts.map((host) => host.replace(':27017', '')).join(',')]))
    for (const [, { command }] of members) expect(command).toContain('--replSet=boya')
    expect(setup?.environment?.MONGODB_PASSWORD).toBe(PASSWORD)
  })
  it('has secrets where all look for them, and no other service sees them', () => {
    const folder = services['mongo-secrets']?.command?.at(-1)
    expect(folder).toBe('/data/configdb')
    for (const [, { command }] of members) expect(command).toContain(`--keyFile=${folder}/keyfile`)
    expect(services.mongo1?.environment?.MONGO_INITDB_ROOT_PASSWORD_FILE).toBe(`${folder}/root-password`)
    const sees = Object.entries(services).filter(([, each]) =>
      each.volumes?.some((m) => m.startsWith('mongo-secrets:')),
    )
    expect(sees.map(([name]) => name).sort()).toEqual([
      ...['mongo-secrets', 'mongo-setup', 'mongo1', 'mongo2', 'mongo3'],
    ])
    for (const name of ['mongo-secrets', 'mongo-setup']) {
      const script = services[name]?.command?.find((part) => part.startsWith('/setup/')) ?? ''
      expect(readdirSync(resolve(docker, 'mongodb'))).toContain(script.replace('/setup/', ''))
      expect(services[name]?.volumes).toContainEqual(expect.stringMatching(/^\.\/mongodb:\/setup:ro/))
    }
  })
})

describe('make-secrets.sh', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'boya-secrets-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))
  const run = () => execFileSync('bash', [resolve(docker, 'mongodb/make-secrets.sh'), folder])
  const contents = () => ['keyfile', 'root-password'].map((name) => readFileSync(join(folder, name), 'utf8'))

  it('makes a key that MongoDB takes, and a password, for their owner only', () => {
    run()
    expect(readdirSync(folder).sort()).toEqual(['keyfile', 'root-password'])
    const [key = '', password = ''] = contents()
    expect(key).toMatch(/^[A-Za-z0-9+/=]{1000,1024}$/)
    expect(password).toMatch(/^[A-Za-z0-9+/]{44}$/)
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o400)
  })
  it('leaves what there is', () => {
    run()
    const made = contents()
    run()
    expect(contents()).toEqual(made)
  })
})

/** What MongoDB would be asked for, in order. The servers are the far end; the file is run as it is. */
function askedBy({ initiated, users }: { readonly initiated: boolean; readonly users: readonly string[] }): unknown[] {
  const asked: unknown[] = []
  class Mongo {
    readonly uri: string
    constructor(uri: string) {
      this.uri = uri
    }
    getDB(database: string) {
      const where = new URL(this.uri.replace(/,[^/]*/, ''))
      expect([database, where.username, decodeURIComponent(where.password)]).toEqual(['admin', 'root', 'a+/='])
      return {
        runCommand: (command: object) => {
          if (!('replSetGetStatus' in command)) return asked.push(command)
          if (initiated) return { ok: 1 }
          throw Object.assign(new Error('no replset config has been received'), { codeName: 'NotYetInitialized' })
        },
        getUser: (name: string) => (users.includes(name) ? { user: name } : null),
        createUser: (user: object) => asked.push({ createUser: user, on: where.searchParams.get('replicaSet') }),
        updateUser: (name: string, user: object) => asked.push({ updateUser: name, ...user }),
      }
    }
  }
  runInNewContext(textOf('mongodb/replica-set.js'), {
    Mongo,
    process: { env: setup?.environment },
    fs: { readFileSync: () => 'a+/=\n' },
    print: () => {},
  })
  return JSON.parse(JSON.stringify(asked))
}

describe('replica-set.js', () => {
  const roles = ['readWriteAnyDatabase']
  it('makes the replica set of the members and then the user', () => {
    expect(askedBy({ initiated: false, users: ['root'] })).toEqual([
      { replSetInitiate: { _id: 'boya', members: hosts.map((host, _id) => ({ _id, host })) } },
      { createUser: { user: 'boya', pwd: PASSWORD, roles }, on: 'boya' },
    ])
  })
  it('goes on where it was ended in between', () => {
    expect(askedBy({ initiated: true, users: ['root'] })).toEqual([
      { createUser: { user: 'boya', pwd: PASSWORD, roles }, on: 'boya' },
    ])
  })
  it('at other starts sees to nothing but that the password is the one of the settings', () => {
    expect(askedBy({ initiated: true, users: ['root', 'boya'] })).toEqual([
      { updateUser: 'boya', pwd: PASSWORD, roles },
    ])
  })
})
