/** Boya as its package installs it, for tests that start processes: each test file has it in a folder of its own. */

import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

export interface Ended {
  /** Exit code; null where a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly pid: number
  /** Resolves with what was written so far, when a pattern is in it. */
  until(pattern: RegExp): Promise<string>
  /** What was written so far. */
  stdout(): string
  signal(name: NodeJS.Signals): void
  readonly ended: Promise<Ended>
}

export interface InstalledBoya {
  /** Also the working directory of what is started. */
  readonly folder: string
  start(args: readonly string[], env?: Readonly<Record<string, string>>, stdin?: string): Running
  remove(): void
}

/** No setting of the one who runs the tests reaches what they start. */
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('BOYA_')))

export function installBoya(): InstalledBoya {
  const folder = mkdtempSync(join(tmpdir(), 'boya-installed-'))
  for (const name of ['node_modules', 'openapi', 'contexts', 'explorer', 'examples'])
    symlinkSync(join(root, name), join(folder, name))
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'))
  cpSync(built(), join(folder, 'dist'), { recursive: true })
  return {
    folder,
    start: (args, env = {}, stdin = '') => {
      const child = spawn(process.execPath, [join(folder, 'dist/main.js'), ...args], {
        cwd: folder,
        env: { ...environment, ...env },
      })
      child.stdin.end(stdin)
      return observe(child)
    },
    remove: () => rmSync(folder, { recursive: true }),
  }
}

/** The folder of what is built of these sources: once, whoever needs it. */
function built(): string {
  const kept = join(root, 'node_modules/.cache/boya-built')
  const dist = join(kept, stateOfSources())
  if (existsSync(dist)) return dist
  mkdirSync(kept, { recursive: true })
  const made = mkdtempSync(join(kept, 'making-'))
  const compiler = join(root, 'node_modules/.bin/tsc')
  // Types are the matter of `npm run check`; what is wrong with them keeps nothing from being written.
  const { stdout } = spawnSync(compiler, ['-p', join(root, 'tsconfig.build.json'), '--outDir', made], {
    encoding: 'utf8',
  })
  if (!existsSync(join(made, 'main.js'))) throw new Error(`the build failed: ${stdout}`)
  try {
    renameSync(made, dist)
  } catch {
    // Another was faster.
    rmSync(made, { recursive: true })
  }
  for (const name of readdirSync(kept))
    if (isOld(join(kept, name))) rmSync(join(kept, name), { recursive: true, force: true })
  return dist
}

function stateOfSources(): string {
  const hash = createHash('sha256')
  for (const name of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).sort()) {
    const { mtimeMs, size } = statSync(join(root, 'src', name))
    hash.update(`${name} ${mtimeMs} ${size}\n`)
  }
  return hash.digest('hex').slice(0, 16)
}

const DAY_MS = 86_400_000

function isOld(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat !== undefined && Date.now() - stat.mtimeMs > DAY_MS
}

function observe(child: ReturnType<typeof spawn>): Running {
  let stdout = ''
  let stderr = ''
  const listeners = new Set<() => void>()
  const collect = (add: (text: string) => void) => (bytes: Buffer) => {
    add(bytes.toString())
    for (const listener of listeners) listener()
  }
  child.stdout?.on(
    'data',
    collect((text) => {
      stdout += text
    }),
  )
  child.stderr?.on(
    'data',
    collect((text) => {
      stderr += text
    }),
  )
  const ended = new Promise<Ended>((done) => child.on('close', (code) => done({ code, stdout, stderr })))
  return {
    pid: child.pid ?? 0,
    signal: (name) => child.kill(name),
    ended,
    stdout: () => stdout,
    until: (pattern) =>
      new Promise((found, failed) => {
        const look = () => pattern.test(stdout + stderr) && found(stdout + stderr)
        listeners.add(look)
        look()
        ended.then((end) => failed(new Error(`ended without ${pattern}: ${JSON.stringify(end)}`)))
      }),
  }
}
