import { handle } from './fetch-handler.mjs'

export default { fetch: (request) => handle(request) }
