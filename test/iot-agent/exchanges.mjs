/** A proxy before a broker that keeps who asked for what and how it was answered; it changes nothing. */

import { createServer, request as send } from 'node:http'

/** `origin`: of the broker. */
export async function startExchanges(origin) {
  const all = []
  const server = createServer(async (incoming, answer) => {
    const { method, url, headers } = incoming
    const body = await new Response(incoming).text()
    const outgoing = send(new URL(url, origin), { method, headers }, async (response) => {
      const text = await new Response(response).text()
      all.push({ method, url, headers, body, status: response.statusCode, answer: text })
      answer.writeHead(response.statusCode, response.headers).end(text)
    })
    outgoing.end(body)
  })
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** Those since the last time, in their order. */
    taken: () => all.splice(0),
    close: () => {
      server.closeAllConnections()
      return new Promise((closed) => server.close(closed))
    },
  }
}
