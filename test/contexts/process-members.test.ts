import { expect, it } from 'vitest'
import { processMembers } from '../../src/contexts/process-members.ts'

const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`t${i}`, 'e:x']))

it('takes no longer for many small members after a large one', async () => {
  const members = [{ e: 'https://e/' }, many, ...Array.from({ length: 97 }, (_, i) => ({ [`x${i}`]: 'e:x' }))]
  await processMembers([many], 'warm')
  const begun = performance.now()
  const definitions = await processMembers(members, 'The @context')
  expect(performance.now() - begun).toBeLessThan(300)
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
