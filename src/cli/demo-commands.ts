/** What is worth a try on the data of the demo; the README and docs/first-notifications.md show the same. */

interface DemoCommand {
  readonly title: string
  /** For a shell; {@link fillIn} puts values for `{url}` and `{context}` in. */
  readonly command: string
}

const LINK = `-H 'Link: <{context}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'`
const JSON_BODY = `-H 'Content-Type: application/json'`
const ENTITIES = '{url}/ngsi-ld/v1/entities'
const STATION = 'urn:ngsi-ld:BikeHireDockingStation:santander:1'

export const demoCommands: readonly DemoCommand[] = [
  {
    title: 'A parking spot, names and values only',
    command: `curl ${LINK} '${ENTITIES}/urn:ngsi-ld:ParkingSpot:santander:np3630?format=simplified'`,
  },
  {
    title: 'Three bus stops, and in a header how many there are',
    command: `curl -i ${LINK} '${ENTITIES}?type=PublicTransportStop&limit=3&count=true&format=simplified'`,
  },
  {
    title: 'A bus stop as GeoJSON, for a map',
    command: `curl -H 'Accept: application/geo+json' ${LINK} '${ENTITIES}/urn:ngsi-ld:PublicTransportStop:santander:tus:1'`,
  },
  {
    title: 'A winter of a bicycle station: how many bikes there were on each day, on average, at least and at most',
    command: `curl ${LINK} '{url}/ngsi-ld/v1/temporal/entities/${STATION}?pick=availableBikeNumber&format=aggregatedValues&aggrMethods=avg,min,max&aggrPeriodDuration=P1D&timerel=after&timeAt=2021-11-15T00:00:00Z'`,
  },
  {
    title: 'The parking spot becomes free',
    command: `curl -i -X PATCH ${JSON_BODY} ${LINK} --data '{"status":{"type":"Property","value":"free","observedAt":"2026-06-01T12:00:00Z"}}' '${ENTITIES}/urn:ngsi-ld:ParkingSpot:santander:np3630/attrs'`,
  },
  {
    title: 'A new parking spot',
    command: `curl -i -X POST ${JSON_BODY} ${LINK} --data '{"id":"urn:ngsi-ld:ParkingSpot:santander:new1","type":"ParkingSpot","status":{"type":"Property","value":"free"},"location":{"type":"GeoProperty","value":{"type":"Point","coordinates":[-3.8016,43.4631]}}}' '${ENTITIES}'`,
  },
]

/** For a terminal of its own: prints what it is sent. */
export const receiverCommand =
  'node -e \'require("http").createServer((request, response) => request.on("data", (text) => console.log(String(text))).on("end", () => response.end())).listen(9999)\''

export const subscribeCommand: DemoCommand = {
  title: 'Be told of every place of a bus',
  command: `curl -i -X POST ${JSON_BODY} ${LINK} --data '{"id":"urn:ngsi-ld:Subscription:buses","type":"Subscription","entities":[{"type":"Vehicle"}],"watchedAttributes":["location"],"notification":{"format":"simplified","endpoint":{"uri":"http://127.0.0.1:9999/"}}}' '{url}/ngsi-ld/v1/subscriptions'`,
}

/** The page that draws what {@link demoCommands} asks of the bicycle station. */
export function chartAddress(url: string, context: string): string {
  const query = { type: 'BikeHireDockingStation', id: STATION, attribute: 'availableBikeNumber', context }
  return `${url}/history?${new URLSearchParams(query).toString().replaceAll('%3A', ':').replaceAll('%2F', '/')}`
}

/** `context`: URL of the @context of the data. */
export function fillIn({ command }: DemoCommand, url: string, context: string): string {
  return command.replaceAll('{url}', url).replaceAll('{context}', context)
}
