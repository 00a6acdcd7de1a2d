import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { demoCommands, fillIn } from '../src/cli/demo-commands.ts'

const root = new URL('../', import.meta.url)
const readme = readFileSync(new URL('README.md', root), 'utf8')
const LINK = /-H 'Link: <CONTEXT>; [^']*'/

describe('the README', () => {
  it.each(demoCommands.map((command) => [command.title, command] as const))(
    'has the command of the demo: %s',
    (_, command) => {
      const filled = fillIn(command, 'http://127.0.0.1:1026', 'CONTEXT')
      expect(filled).toMatch(LINK)
      expect(readme).toContain(filled.replace(LINK, '-H "$LINK"'))
    },
  )

  it('links to files that there are', () => {
    const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path]) => path ?? '')
    expect(links.length).toBeGreaterThan(5)
    expect(links.filter((path) => !existsSync(new URL(path, root)))).toEqual([])
  })
})
