/** Whether there is time for more of what is generated, repeated and waited for: `npm run test:long`. */
export const LONG = process.env.BOYA_TEST_LONG !== undefined

/**
 * How many of so many generated cases are tried: all of them where there is time, and fewest where each of their questions
 * goes to a server and back.
 */
export function casesOf(many: number): number {
  if (LONG) return many
  return Math.ceil(many / (process.env.BOYA_TEST_STORE === 'mongodb' ? 12 : 4))
}
