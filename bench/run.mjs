// npm run bench: what one worker does on this machine, beside a bare Koa app in the same run.
// The load generator runs in this process and costs as much as the server: read the ratios, not the rates.
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { Agent, request } from 'undici'

const ENTITIES = Number(process.env.BENCH_ENTITIES ?? 10_000)
const SECONDS = Number(process.env.BENCH_SECONDS ?? 3)
const CONNECTIONS = 64
const BATCH = 1000

const agent = new Agent({ connections: CONNECTIONS, pipelining: 1 })
const JSON_HEADERS = { 'content-type': 'application/json' }

function vehicle(i) {
  return {
    id: `urn:ngsi-ld:Vehicle:${String(i).padStart(7, '0')}`,
    type: 'Vehicle',
    speed: { type: 'Property', value: i % 100, unitCode: 'KMH', observedAt: '2026-01-01T00:00:00Z' },
    heading: { type: 'Property', value: (i % 360) / 360, observedAt: '2026-01-01T00:00:00Z' },
    occupancy: { type: 'Property', value: i % 60 },
    serviceStatus: { type: 'Property', value: `status-${i % 50}` },
    name: { type: 'Property', value: `vehicle ${i}` },
    dateObserved: { type: 'Property', value: '2026-01-01T00:00:00Z' },
    refRoad: { type: 'Relationship', object: `urn:ngsi-ld:Road:${i % 500}` },
    location: {
      type: 'GeoProperty',
      value: { type: 'Point', coordinates: [-3.9 + (i % 1000) / 7000, 43.42 + (i % 777) / 11_000] },
    },
  }
}

async function send(url, options, expected) {
  const { statusCode, body } = await request(url, { dispatcher: agent, ...options })
  const text = await body.text()
  if (!expected.includes(statusCode))
    throw new Error(`${options?.method ?? 'GET'} ${url}: ${statusCode} ${text.slice(0, 200)}`)
}

/** Requests a second, with `connections` callers that each wait for their answer. */
async function rate(connections, next) {
  let done = 0
  const end = performance.now() + SECONDS * 1000
  const caller = async () => {
    while (performance.now() < end) {
      await next()
      done++
    }
  }
  const begin = performance.now()
  await Promise.all(Array.from({ length: connections }, caller))
  return (done / (performance.now() - begin)) * 1000
}

async function start(args, env, ready) {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  for (let tries = 0; tries < 200; tries++) {
    try {
      await send(ready, {}, [200])
      return child
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  throw new Error(`${ready} does not answer`)
}

const ended = (child) => new Promise((resolve) => child.once('exit', resolve).kill('SIGTERM'))
const random = () => Math.floor(Math.random() * ENTITIES)
const folder = await mkdtemp(join(tmpdir(), 'boya-bench-'))
const koa = await start([new URL('bare-koa.mjs', import.meta.url).pathname, '3031'], {}, 'http://127.0.0.1:3031/')
const yardstick = await rate(CONNECTIONS, () => send('http://127.0.0.1:3031/', {}, [200]))
await ended(koa)

const api = 'http://127.0.0.1:3030/ngsi-ld/v1'
const env = { BOYA_PORT: '3030', BOYA_STORE: `sqlite:${folder}`, BOYA_LOG_LEVEL: 'warn' }
const boya = await start(
  [new URL('../dist/main.js', import.meta.url).pathname, 'serve'],
  env,
  'http://127.0.0.1:3030/health/ready',
)
const upsert = (from) => {
  const body = JSON.stringify(Array.from({ length: BATCH }, (_, i) => vehicle((from + i) % ENTITIES)))
  return send(`${api}/entityOperations/upsert`, { method: 'POST', headers: JSON_HEADERS, body }, [201, 204])
}
for (let from = 0; from < ENTITIES; from += BATCH) await upsert(from)

let created = 0
let changed = 0
const patch = () => {
  const body = JSON.stringify({ speed: { type: 'Property', value: changed++ } })
  return send(`${api}/entities/${vehicle(random()).id}/attrs`, { method: 'PATCH', headers: JSON_HEADERS, body }, [204])
}
const create = () => {
  const body = JSON.stringify({ ...vehicle(0), id: `urn:ngsi-ld:Vehicle:new:${created++}` })
  return send(`${api}/entities`, { method: 'POST', headers: JSON_HEADERS, body }, [201])
}
const get = () => send(`${api}/entities/${vehicle(random()).id}`, {}, [200])
const workloads = [
  ['GET an entity by id', CONNECTIONS, 1, get],
  ['GET, one caller', 1, 1, get],
  ['POST a new entity', CONNECTIONS, 1, create],
  ['PATCH an attribute', CONNECTIONS, 1, patch],
  ['PATCH, one caller', 1, 1, patch],
  ['GET a page of 20 by type', 16, 1, () => send(`${api}/entities?type=Vehicle&limit=20`, {}, [200])],
  [`upsert of ${BATCH}, entities`, 4, BATCH, () => upsert(random())],
]
console.log(`${ENTITIES} entities, ${SECONDS} s each; a bare Koa app: ${Math.round(yardstick)} requests/s\n`)
console.log('| workload | callers | a second | ÷ Koa |\n|---|---|---|---|')
for (const [name, callers, weight, next] of workloads) {
  const measured = (await rate(callers, next)) * weight
  console.log(`| ${name} | ${callers} | ${Math.round(measured)} | ${(measured / yardstick).toFixed(2)} |`)
}
await ended(boya)
await rm(folder, { recursive: true, force: true })
await agent.close()
