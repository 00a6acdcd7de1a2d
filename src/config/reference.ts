/** The reference of all settings, as docs/configuration.md has it. */

import type { Setting } from './setting.ts'
import { sections, tolerances } from './settings.ts'

const INTRODUCTION = `# Configuration

Boya is configured by environment variables. A value that is wrong, or a name that begins with \`BOYA_\` and is not on this page, stops the start; the
message names all of them. A variable that is empty is as good as not set. Sizes are bytes, or \`KiB\` and \`MiB\` (\`8MiB\`); durations are milliseconds, or
\`s\` and \`min\` (\`5s\`). Lists are separated by commas. \`boya config\` shows what is in force.

This page is made from the table in \`src/config/settings.ts\`: \`node dist/main.js config --markdown > docs/configuration.md\`.
`

export function configurationReference(): string {
  const tables = Object.entries(sections).map(([title, settings]) => section(title, settings))
  return [INTRODUCTION, ...tables, toleranceTable()].join('\n')
}

function section(title: string, settings: Readonly<Record<string, Setting<unknown>>>): string {
  const rows = Object.entries(settings).map(([name, { kind, default: fallback, description }]) => {
    return `| \`${name}\` | ${kind.name} | ${fallback ? `\`${fallback}\`` : ''} | ${description} |`
  })
  return `## ${title}\n\n| Name | Kind | Default | What it is |\n|---|---|---|---|\n${rows.join('\n')}\n`
}

function toleranceTable(): string {
  const rows = Object.entries(tolerances).map(([name, description]) => `| \`${name}\` | ${description} |`)
  return `| Tolerance | What it does, and for whom |\n|---|---|\n${rows.join('\n')}\n`
}
