import type { OperationContext } from './operation-context.ts'

/** Whether operations can be done. Throws unless the database answers. */
export async function checkReadiness({ store }: OperationContext): Promise<void> {
  await store.check()
}
