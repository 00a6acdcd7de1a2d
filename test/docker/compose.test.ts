/** docker/compose*.yaml: that what they name is there, and that Boya starts with what they set. */

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import {
  COMPOSE_FILES,
  compose,
  docker,
  exampleSettings,
  type Service,
  seconds,
  servicesAfter,
  textOf,
  variablesIn,
} from './compose-files.ts'
import { imageEnvironment } from './dockerfile.ts'

const example: Readonly<Record<string, string>> = { ...exampleSettings(), MONGODB_PASSWORD: 'c0ffee' }
const hasCompose = spawnSync('docker', ['compose', 'version']).status === 0

/** As the container has it: the image, then the file of settings, then what the service sets. */
function configOf({ environment = {} }: Service, settings: Readonly<Record<string, string>> = {}) {
  const all = { ...imageEnvironment(), ...settings, ...environment }
  return loadConfig(Object.fromEntries(Object.entries(all).filter(([name]) => name.startsWith('BOYA_'))))
}

describe.each(COMPOSE_FILES)('%s', (file) => {
  const { services, networks = {}, volumes = {} } = compose(file)
  const named = Object.entries(services)
  const boyas = named.filter(([, { image }]) => image === 'boya')
  const mounts = named.flatMap(([name, each]) => (each.volumes ?? []).map((mount) => ({ name, mount })))

  it('asks for no variable that example.env does not explain', () => {
    expect(variablesIn(file).filter((name) => !(name in exampleSettings()))).toEqual([])
  })
  it('says what it is for, and how it is started', () => {
    const comment = textOf(file).split('\n\n')[0] ?? ''
    expect(comment).toContain(`docker compose -f docker/${file} up`)
  })
  it('mounts folders that there are, which nobody writes to, and volumes that are declared', () => {
    const folders = mounts.filter(({ mount }) => mount.startsWith('.'))
    expect(folders.filter(({ mount }) => !existsSync(resolve(docker, mount.split(':')[0] ?? '')))).toEqual([])
    expect(folders.filter(({ mount }) => !/:ro\b/.test(mount))).toEqual([])
    const used = mounts.filter(({ mount }) => !mount.startsWith('.')).map(({ mount }) => mount.split(':')[0])
    expect([...new Set(used)].sort()).toEqual(Object.keys(volumes).sort())
  })
  it('uses the networks that it declares, and the services that it has', () => {
    const used = new Set(named.flatMap(([, each]) => each.networks ?? []))
    expect([...used].sort()).toEqual(Object.keys(networks).sort())
    const waits = named.flatMap(([name, each]) => servicesAfter(each).map(([other, why]) => ({ name, other, why })))
    expect(waits.filter(({ other }) => services[other] === undefined)).toEqual([])
    const unchecked = waits.filter(({ other, why }) => why === 'service_healthy' && !services[other]?.healthcheck)
    expect(unchecked).toEqual([])
    const endless = waits.filter(({ other, why }) => why.endsWith('completed_successfully') !== endsBySelf(other))
    expect(endless).toEqual([])
  })
  function endsBySelf(name: string): boolean {
    return services[name]?.restart === 'no'
  }

  it.each(named)('lets %s do nothing but its task', (name, service) => {
    expect(service.read_only).toBe(true)
    expect(service.cap_drop).toEqual(['ALL'])
    expect(service.security_opt).toEqual(['no-new-privileges:true'])
    // Of Boya's image the user is set by the Dockerfile.
    if (service.image !== 'boya') expect(service.user, name).toMatch(/^[1-9]\d*:[1-9]\d*$/)
    if (service.image !== 'boya') expect(service.image, 'a version').toMatch(/:\d+\.\d+/)
  })
  it.each(named)('keeps the log of %s from growing for ever, and has it end in its own time', (_, service) => {
    expect(service.logging?.driver).toBe('local')
    if (service.restart === 'no') return
    expect(service.restart).toBe('unless-stopped')
    expect(seconds(service.stop_grace_period) * 1000).toBeGreaterThan(loadConfig({}).limits.requestMs)
  })
  it('is reached from this machine only, unless it is changed, and by the port that is asked for', () => {
    const published = named.flatMap(([, each]) => each.ports ?? [])
    expect(published).toEqual(['127.0.0.1:1026:1026'])
    const other = Object.values(compose(file, { BOYA_PORT: '8080' }).services)
    expect(other.flatMap(({ ports = [] }) => ports)).toEqual([
      expect.stringMatching(file === 'compose.yaml' ? /^127\.0\.0\.1:8080:8080$/ : /^127\.0\.0\.1:8080:1026$/),
    ])
  })

  it.each(boyas)('has %s built from this repository, by one service', (_, service) => {
    expect(boyas.filter(([, { build }]) => build !== undefined)).toHaveLength(1)
    if (service.build === undefined) expect(service.pull_policy).toBe('never')
    else expect(existsSync(resolve(docker, service.build.context, service.build.dockerfile))).toBe(true)
  })
  it.each(boyas)('starts %s with nothing but the file', (name) => {
    const service = compose(file, { MONGODB_PASSWORD: 'c0ffee' }).services[name]
    const config = configOf(service ?? { image: '', restart: '' })
    expect(config).toMatchObject({ host: '0.0.0.0', port: 1026, publicUrl: 'http://localhost:1026' })
    expect(service?.init).toBe(true)
  })
  it.each(boyas)('starts %s with all that example.env has', (name) => {
    const service = compose(file, example).services[name]
    expect(service?.env_file).toEqual([{ path: '.env', required: false }])
    expect(configOf(service ?? { image: '', restart: '' }, example)).toMatchObject({
      publicUrl: example.BOYA_PUBLIC_URL,
      cors: { origins: [example.BOYA_CORS_ORIGINS] },
      log: { level: example.BOYA_LOG_LEVEL },
    })
  })

  if (hasCompose) {
    it('is what Docker Compose takes', () => {
      const env = { ...process.env, MONGODB_PASSWORD: 'c0ffee' }
      const { status, stderr } = spawnSync('docker', ['compose', '-f', resolve(docker, file), 'config', '-q'], { env })
      expect(status, String(stderr)).toBe(0)
    })
  }
})

it('keeps the data of compose.yaml in a volume, where the image has its store', () => {
  expect(compose('compose.yaml').services.boya?.volumes).toEqual(['data:/data'])
  expect(imageEnvironment().BOYA_STORE).toBe('sqlite:/data')
})
