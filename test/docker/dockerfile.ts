/** The Dockerfile, an instruction after the other. */

import { textOf } from './compose-files.ts'

interface Instruction {
  readonly name: string
  readonly rest: string
}

const instructions: readonly Instruction[] = textOf('Dockerfile')
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')
  .flatMap((line) => {
    const [, name = '', rest = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? []
    return name === '' ? [] : [{ name, rest }]
  })

/** What follows the name of each such instruction, in order. */
export function all(name: string): readonly string[] {
  return instructions.filter((each) => each.name === name).map(({ rest }) => rest)
}

/** Of the last such instruction, which is the one that the image has. */
export function last(name: string): string {
  const found = all(name).at(-1)
  if (found === undefined) throw new Error(`the Dockerfile has no ${name}`)
  return found
}

export function imageEnvironment(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    last('ENV')
      .split(/\s+/)
      .map((pair) => pair.split('=', 2)),
  )
}
