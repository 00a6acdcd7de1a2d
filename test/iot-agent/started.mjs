/** The real programs, each in a process of its own. */

import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const main = resolve(here, '../../dist/main.js')
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('BOYA_')))

/** Resolves with what a pattern found in its output; rejects where it ends without. */
function start(args, env, pattern) {
  const child = spawn(process.execPath, args, { env: { ...environment, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise((done) => child.on('close', done))
  const close = () => {
    child.kill('SIGTERM')
    return ended
  }
  let output = ''
  return new Promise((ready, failed) => {
    const look = (bytes) => {
      output += bytes
      const found = pattern.exec(output)
      if (found !== null) ready({ found, close })
    }
    child.stdout.on('data', look)
    child.stderr.on('data', look)
    ended.then((code) => failed(new Error(`ended with ${code}: ${output}`)))
  })
}

/** Boya with nothing stored, on a port of its own. */
export async function startBoya(settings = {}) {
  const env = { BOYA_PORT: '0', BOYA_STORE: 'sqlite::memory:', BOYA_LOG_FORMAT: 'json', ...settings }
  const { found, close } = await start([main, 'serve'], env, /"url":"(http:[^"]+)".*ready on/)
  return { url: found[1], close }
}

/** `options`: as agent.mjs has them, but for the ports. */
export async function startAgent(options) {
  const [north, south] = [await freePort(), await freePort()]
  const { close } = await start([join(here, 'agent.mjs'), JSON.stringify({ ...options, north, south })], {}, /ready/)
  return { north: `http://127.0.0.1:${north}`, south: `http://127.0.0.1:${south}`, close }
}

async function freePort() {
  const server = createServer()
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address()
  await new Promise((closed) => server.close(closed))
  return port
}
