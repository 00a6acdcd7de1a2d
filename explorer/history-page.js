/** The parts of the page. */

export const page = {
  form: element('choice', HTMLFormElement),
  type: element('type', HTMLInputElement),
  id: element('id', HTMLInputElement),
  attribute: element('attribute', HTMLSelectElement),
  datasets: element('datasets', HTMLElement),
  dataset: element('dataset', HTMLSelectElement),
  period: element('period', HTMLSelectElement),
  until: element('until', HTMLInputElement),
  earlier: element('earlier', HTMLButtonElement),
  later: element('later', HTMLButtonElement),
  context: element('context', HTMLInputElement),
  tenant: element('tenant', HTMLInputElement),
  timeProperty: element('timeproperty', HTMLSelectElement),
  types: element('types', HTMLDataListElement),
  ids: element('ids', HTMLDataListElement),
  contexts: element('contexts', HTMLDataListElement),
  problem: element('problem', HTMLElement),
  state: element('state', HTMLElement),
  shown: element('shown', HTMLElement),
  caption: element('caption', HTMLElement),
  chart: element('chart', HTMLElement),
  values: element('values', HTMLDetailsElement),
  table: element('table', HTMLTableElement),
  question: element('question', HTMLElement),
}

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
function element(id, kind) {
  const found = document.getElementById(id)
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`)
  return found
}

/**
 * @param {HTMLSelectElement | HTMLDataListElement} list
 * @param {readonly string[]} values
 */
export function offer(list, values) {
  list.replaceChildren(...values.map((value) => new Option(value, value)))
}

/**
 * Nothing but a sentence.
 * @param {string} words
 */
export function say(words) {
  page.problem.replaceChildren()
  page.state.textContent = words
  page.shown.hidden = true
}

/**
 * What the broker refuses, in its own words.
 * @param {{ readonly title: string, readonly message: string }} refusal
 */
export function showRefusal({ title, message }) {
  say('')
  const [heading, detail] = [document.createElement('strong'), document.createElement('p')]
  heading.textContent = title
  detail.textContent = message
  page.problem.replaceChildren(heading, detail)
}
