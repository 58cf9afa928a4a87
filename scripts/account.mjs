// `npm run account -- reset-link|remove-two-factor <email>`: asks the api of a Lathe that runs on this machine, by its
// socket, which whoever runs the server can open and nobody else.
import { request } from 'node:http'
import { join, resolve } from 'node:path'
import { root } from './lib/prepare.mjs'

const [verb, email] = process.argv.slice(2)
if (!['reset-link', 'remove-two-factor'].includes(verb) || !email) {
  console.error('usage: npm run account -- reset-link|remove-two-factor <email>')
  process.exit(2)
}
const data = resolve(root, process.env.LATHE_DATA ?? '.lathe')
const body = JSON.stringify({ email })
const asked = request({
  socketPath: join(data, 'run/api.sock'),
  method: 'POST',
  path: `/operator/${verb}`,
  headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
})
asked.on('error', () => {
  console.error(`No Lathe runs on ${data}. Start it first, or set LATHE_DATA.`)
  process.exitCode = 1
})
asked.on('response', async (response) => {
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  const { result, message } = JSON.parse(text)
  if (response.statusCode === 200) console.log(result)
  else {
    console.error(message)
    process.exitCode = 1
  }
})
asked.end(body)
