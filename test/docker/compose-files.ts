/** The files in docker/ as Docker reads them. */

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { CORE_SCHEMA, load, mergeTag } from 'js-yaml'

export const root = resolve(import.meta.dirname, '../..')
export const docker = resolve(root, 'docker')

export const COMPOSE_FILES = ['compose.yaml', 'compose.mongodb.yaml'] as const
type ComposeFile = (typeof COMPOSE_FILES)[number]

export interface Service {
  readonly image: string
  readonly build?: { readonly context: string; readonly dockerfile: string }
  readonly pull_policy?: string
  readonly user?: string
  readonly command?: readonly string[]
  readonly hostname?: string
  readonly network_mode?: string
  readonly networks?: readonly string[]
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly env_file?: readonly { readonly path: string; readonly required: boolean }[]
  readonly environment?: Readonly<Record<string, string>>
  readonly depends_on?: readonly string[] | Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly restart: string
  readonly init?: boolean
  readonly read_only?: boolean
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly logging?: { readonly driver: string }
  readonly stop_grace_period?: string
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly networks?: Readonly<Record<string, unknown>>
  readonly volumes?: Readonly<Record<string, unknown>>
}

export function textOf(file: string): string {
  return readFileSync(resolve(docker, file), 'utf8')
}

/** `variables` are those of the .env file; what stands there for others is the default, as Docker has it. */
export function compose(file: ComposeFile, variables: Readonly<Record<string, string>> = {}): Compose {
  const read = load(textOf(file), { schema: CORE_SCHEMA.withTags(mergeTag) })
  return JSON.parse(JSON.stringify(read), (_, value) => (typeof value === 'string' ? filled(value, variables) : value))
}

const VARIABLE = /\$\{(\w+)(?::[-?]([^${}]*))?\}/g

/** The innermost ones first; `$$` is a dollar. */
function filled(text: string, variables: Readonly<Record<string, string>>): string {
  const next = text.replaceAll(VARIABLE, (_, name, otherwise = '') => variables[name] ?? otherwise)
  return next === text ? text.replaceAll('$$', '$') : filled(next, variables)
}

/** What the file asks of the .env file. */
export function variablesIn(file: ComposeFile): readonly string[] {
  return [...new Set([...textOf(file).matchAll(/\$\{(\w+)/g)].map(([, name]) => name ?? ''))]
}

/** Every line of example.env, as if the # had been taken away. */
export function exampleSettings(): Readonly<Record<string, string>> {
  const lines = textOf('example.env').match(/^#?[A-Z]\w+=.*$/gm) ?? []
  return Object.fromEntries(lines.map((line) => line.replace('#', '').split(/=(.*)/s).slice(0, 2)))
}

export function seconds(text: string | undefined): number {
  const [, number, unit] = /^(\d+)(ms|s)$/.exec(text ?? '') ?? []
  return unit === 'ms' ? Number(number) / 1000 : Number(number)
}

export function servicesAfter({ depends_on: others = [] }: Service): readonly (readonly [string, string])[] {
  if (Array.isArray(others)) return others.map((name: string) => [name, 'service_started'])
  return Object.entries(others).map(([name, { condition }]) => [name, condition])
}
