import { createHash } from 'node:crypto'

/**
 * Which of the members a queue belongs to: all who know the same members say the same, and where one comes or goes only its
 * own queues move. Undefined where there are none.
 */
export function ownerOf(queue: string, members: readonly string[]): string | undefined {
  let owner: string | undefined
  let highest = ''
  for (const member of members) {
    const rank = createHash('sha1').update(`${member}\n${queue}`).digest('hex')
    if (rank <= highest) continue
    highest = rank
    owner = member
  }
  return owner
}
