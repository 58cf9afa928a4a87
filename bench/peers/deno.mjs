// Deno.serve. Argument: port.
import { handle } from './fetch-handler.mjs'
import { readThing } from './things.ts'

Deno.serve({ port: Number(Deno.args[0]), hostname: '127.0.0.1', onListen() {} }, (request) =>
  handle(request, readThing),
)
