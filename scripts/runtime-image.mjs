// `node scripts/runtime-image.mjs`: makes the image that runtimes run in with LATHE_RUNTIME_DRIVER=docker, of what is
// installed and built here; nothing is pulled. Lathe does the same at its start when the image is not there.
import { fileURLToPath } from 'node:url'
import { ensureImage } from '../apps/api/src/drivers/runtime/docker/image.ts'

const entry = fileURLToPath(new URL('../apps/runtime/dist/main.js', import.meta.url))
process.stdout.write(`${await ensureImage(entry)}\n`)
