/** What is chosen in the form is asked for, and shown. The address of the page says what is chosen. */

import { choicesOf, choicesOfSummarized, numericFirst } from './history-answers.js'
import { ask, askIfAny, Refusal } from './history-broker.js'
import { offer, page, say, showRefusal } from './history-page.js'
import { contextsPath, evolutionsPath, lastInstancesPath, summarizedPath, typesPath } from './history-queries.js'
import { showSeries } from './history-series.js'

/**
 * @import { Choice } from './history-answers.js'
 * @import { Asking } from './history-broker.js'
 */

const DAY = 86_400_000
/** Attributes that are named in one question at most. */
const MOST_OMITTED = 100

/** What was chosen before is not waited for any more. */
let current = new AbortController()
/** For which questions the page has proposals. */
let proposed = { types: '', ids: '' }
/** Where the period that is shown ends. */
let end = 0

page.form.addEventListener('submit', (event) => {
  event.preventDefault()
  proposed = { types: '', ids: '' }
  show()
})
page.form.addEventListener('change', (event) => {
  // Who chooses another type wants another entity.
  if (event.target === page.type) page.id.value = ''
  show()
})
page.earlier.addEventListener('click', () => move(-1))
page.later.addEventListener('click', () => move(1))
readAddress()
show()

function readAddress() {
  for (const [name, value] of new URLSearchParams(location.search)) {
    const field = page.form.elements.namedItem(name)
    // Which there are is known when the broker has been asked.
    if (field === page.attribute) offer(page.attribute, [value])
    if (field === page.dataset) offer(page.dataset, [value])
    if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) field.value = value
  }
}

function writeAddress() {
  const chosen = [...new FormData(page.form)].map(([name, value]) => [name, String(value)])
  const query = new URLSearchParams(chosen.filter(([, value]) => value !== ''))
  history.replaceState(null, '', `?${query}`)
}

async function show() {
  current.abort()
  current = new AbortController()
  const { signal } = current
  page.state.textContent = 'The broker is asked …'
  const asking = { tenant: page.tenant.value, context: page.context.value, signal }
  await showChosen(asking).catch((error) => {
    if (signal.aborted) return
    if (!(error instanceof Refusal)) throw error
    showRefusal(error)
  })
  if (!signal.aborted) writeAddress()
}

/** @param {Asking} asking */
async function showChosen(asking) {
  await proposeTypes(asking)
  await proposeEntities(asking)
  const [id, timeProperty] = [page.id.value, page.timeProperty.value]
  if (id === '') return say('Choose a type and an entity.')
  const choice = choose(await choicesFor({ id, timeProperty }, asking))
  if (choice === undefined) return say(`Nothing of ${id} has ${timeProperty}.`)
  const { attribute, lastAt } = choice
  page.caption.textContent = `${attribute} of ${id}`
  await showSeries({ id, attribute, timeProperty, ...timeUpTo(lastAt) }, choice, asking)
}

/**
 * Types and hosted @contexts.
 * @param {Asking} asking
 */
async function proposeTypes(asking) {
  const question = JSON.stringify([asking.tenant, asking.context])
  if (proposed.types === question) return
  const [types, contexts] = await Promise.all([ask(typesPath(), asking), ask(contextsPath(), asking)])
  offer(page.types, types.body.typeList)
  offer(page.contexts, contexts.body)
  proposed = { types: question, ids: '' }
}

/** @param {Asking} asking */
async function proposeEntities(asking) {
  const type = page.type.value
  const path = evolutionsPath({ type, timeProperty: page.timeProperty.value })
  if (type === '' || proposed.ids === path) return
  const { body } = await ask(path, asking)
  const ids = body.map((/** @type {{ id: string }} */ { id }) => id)
  offer(page.ids, ids)
  if (page.id.value === '') page.id.value = ids[0] ?? ''
  proposed.ids = path
}

/**
 * Attributes that have instances, and those of which only summaries are left.
 * @param {{ id: string, timeProperty: string }} of
 * @param {Asking} asking
 */
async function choicesFor(of, asking) {
  const last = await askIfAny(lastInstancesPath(of), asking)
  if (last === undefined) return choicesOfSummarized((await ask(summarizedPath(of, []), asking)).body)
  const choices = choicesOf(last.body, of.timeProperty)
  const names = choices.map(({ attribute }) => attribute)
  if (names.length > MOST_OMITTED) return choices
  // Beside what has instances, so that nothing is read but summaries.
  const others = await askIfAny(summarizedPath(of, names), asking)
  return others === undefined ? choices : numericFirst([...choices, ...choicesOfSummarized(others.body)])
}

/**
 * The Attribute that was chosen, where there is such a one, else the first.
 * @param {readonly Choice[]} choices
 */
function choose(choices) {
  const choice = choices.find(({ attribute }) => attribute === page.attribute.value) ?? choices[0]
  offer(
    page.attribute,
    choices.map(({ attribute }) => attribute),
  )
  if (choice !== undefined) page.attribute.value = choice.attribute
  return choice
}

/**
 * Nothing where all there is is to be shown.
 * @param {number} lastAt
 * @returns {{ from?: number, until?: number }}
 */
function timeUpTo(lastAt) {
  const days = Number(page.period.value)
  page.earlier.disabled = days === 0
  page.later.disabled = days === 0
  page.until.disabled = days === 0
  if (days === 0) return {}
  end = page.until.value === '' ? lastAt + 1 : Date.parse(`${page.until.value}Z`)
  return { from: end - days * DAY, until: end }
}

/**
 * To the period before, or after.
 * @param {-1 | 1} direction
 */
function move(direction) {
  const moved = end + direction * Number(page.period.value) * DAY
  page.until.value = new Date(moved).toISOString().slice(0, 16)
  show()
}
