// Deno.serve. Argument: port.
import { handle } from './fetch-handler.mjs'

Deno.serve({ port: Number(Deno.args[0]), hostname: '127.0.0.1', onListen() {} }, handle)
