/** A rule of retention (retention.ts) in JSON that nobody has looked at. */

import type { Json, JsonObject } from '../model/entity.ts'
import { isObject } from '../model/json-object.ts'
import { badRequest } from '../model/problems.ts'
import { show } from '../model/show.ts'
import type { WrittenRule } from './retention.ts'

/** What is misspelled would say nothing, and all would be kept. Throws BadRequestData; `at`: where the rule stands. */
export function asWrittenRule(json: Json, at: string): WrittenRule {
  const { type, raw, summaries } = membersOf(json, ['type', 'raw', 'summaries'], at)
  checkTexts({ type, raw }, at)
  if (summaries !== undefined) checkSummaries(summaries, `${at}/summaries`)
  return json as WrittenRule
}

function checkSummaries(json: Json, at: string): void {
  const { every, keep } = membersOf(json, ['every', 'keep'], at)
  if (every === undefined) throw badRequest('is missing; say of what periods summaries are made', `${at}/every`)
  checkTexts({ every, keep }, at)
}

function membersOf(json: Json, names: readonly string[], at: string): JsonObject {
  if (!isObject(json)) throw badRequest(`expected an object, found ${show(json)}`, at)
  for (const name of Object.keys(json)) {
    if (names.includes(name)) continue
    throw badRequest(`there is no such member; a rule has ${names.join(', ')} here, and nothing else`, `${at}/${name}`)
  }
  return json
}

function checkTexts(members: Readonly<Record<string, Json | undefined>>, at: string): void {
  for (const [name, value] of Object.entries(members)) {
    if (value !== undefined && typeof value !== 'string')
      throw badRequest(`expected a text, found ${show(value)}`, `${at}/${name}`)
  }
}
