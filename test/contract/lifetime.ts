import { expect, it } from 'vitest'
import { become, callIn, entity, NOW, type OpenStore, setUp } from './contract-store.ts'

export function lifetimeContract(open: OpenStore): void {
  const { store } = setUp(open)

  it('answers a check', async () => {
    await expect(store().check()).resolves.toBeUndefined()
    expect(store().description).toMatch(/^[a-z]+:/)
  })

  it('finishes the writes under way when it is closed, and takes none afterwards', async () => {
    const opened = await open({ now: () => NOW })
    const writing = Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        opened.store.entities.write(callIn(''), `urn:x:${i}`, (current) => ({
          entity: entity(`urn:x:${i}`),
          result: current,
        })),
      ),
    )
    await Promise.all([opened.close(), writing])
    await expect(opened.store.entities.write(callIn(''), 'urn:x:1', become(null))).rejects.toThrow(/closed/)
    await expect(opened.store.check()).rejects.toThrow()
    await expect(opened.store.close()).resolves.toBeUndefined()
  })
}
