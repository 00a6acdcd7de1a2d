import { expect, it } from 'vitest'
import { processMembers } from '../../src/contexts/process-members.ts'

const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`t${i}`, 'e:x']))

/** Milliseconds; the best of three, for other processes take time, too. */
async function timeOf(members: Parameters<typeof processMembers>[0]): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < 3; i++) {
    const begun = performance.now()
    await processMembers(members, 'The @context')
    times.push(performance.now() - begun)
  }
  return Math.min(...times)
}

it('takes no longer for many small members after a large one than before it', async () => {
  const small = Array.from({ length: 97 }, (_, i) => ({ [`x${i}`]: 'e:x' }))
  const members = [{ e: 'https://e/' }, many, ...small]
  const before = await timeOf([{ e: 'https://e/' }, ...small, many])
  // Where each copies what came before it, it is twenty times as long.
  expect(await timeOf(members)).toBeLessThan(5 * before)
  const definitions = await processMembers(members, 'The @context')
  expect(definitions.get('x96')).toMatchObject({ '@id': 'https://e/x' })
  expect(definitions.get('t1')).toMatchObject({ '@id': 'https://e/x' })
})

it('begins anew where it is told to', async () => {
  const definitions = await processMembers([{ a: 'https://a/' }, null, null, { b: 'https://b/' }], 'The @context')
  expect([...definitions.keys()]).toEqual(['b'])
  expect((await processMembers([{ a: 'https://a/' }, null], 'The @context')).size).toBe(0)
})

it('takes nothing back that is protected', async () => {
  const protecting = { '@protected': true, a: 'https://a/' }
  await expect(processMembers([protecting, null], 'The @context')).rejects.toThrow(/protected/)
  await expect(processMembers([protecting, { a: 'https://b/' }], 'The @context')).rejects.toThrow(/protected/)
  expect((await processMembers([protecting, protecting], 'The @context')).size).toBe(1)
})

it('hands out its own definitions each time', async () => {
  const first = await processMembers([{ a: 'https://a/' }], 'The @context')
  const second = await processMembers([{ b: 'https://b/' }], 'The @context')
  expect([...first.keys(), ...second.keys()]).toEqual(['a', 'b'])
})
