// The yardstick: a Koa app that answers everything with 1.2 kB of JSON.
import Koa from 'koa'

const body = JSON.stringify({ text: 'x'.repeat(1_190) })
const app = new Koa()
app.use((ctx) => {
  ctx.set('Content-Type', 'application/json')
  ctx.body = body
})
app.listen(Number(process.argv[2]), '127.0.0.1')
