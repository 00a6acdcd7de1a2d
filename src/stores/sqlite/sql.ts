/** Pieces of SQL with their values: what comes from a request is always a value. */

export type Value = string | number | bigint

export interface Sql {
  readonly text: string
  readonly values: readonly Value[]
}

export function sql(text: string, ...values: readonly Value[]): Sql {
  return { text, values }
}

/** `none`: where there are no parts. */
export function join(parts: readonly Sql[], between: string, none: string): Sql {
  if (parts.length === 0) return sql(none)
  const [only] = parts
  if (parts.length === 1 && only !== undefined) return only
  return { text: parts.map(({ text }) => text).join(between), values: parts.flatMap(({ values }) => values) }
}

/** A SELECT that has a WHERE, with further conditions. */
export function where(select: Sql, ...conditions: readonly (Sql | undefined)[]): Sql {
  const present = conditions.filter((condition) => condition !== undefined)
  return join([select, ...present.map(({ text, values }) => ({ text: `(${text})`, values }))], ' AND ', '')
}

/** SELECTs that SQLite takes in a union. */
const MOST = 500

/** Several SELECTs of a `rid`, each row once; it is merged where all run along an index in the order that is asked for. */
export function union(selects: readonly Sql[]): Sql {
  if (selects.length <= MOST) return join(selects, ' UNION ', '')
  const groups = Array.from({ length: Math.ceil(selects.length / MOST) }, (_, group) => {
    const { text, values } = union(selects.slice(group * MOST, (group + 1) * MOST))
    return { text: `SELECT rid FROM (${text})`, values }
  })
  return union(groups)
}

/**
 * Not `EXISTS (…)`: SQLite (3.51 to 3.53 at least) may make a join of that, and then its OFFSET passes over an entity
 * as many times as something is found.
 */
export function exists({ text, values }: Sql): Sql {
  return { text: `(${text}) IS NOT NULL`, values }
}
