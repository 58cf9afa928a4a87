import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { FunctionContext } from '@lathe/cloud'

/** curl -F file=@photo.jpg <address>. The files are gone when the request is over: keep what you need. */
export async function POST(ctx: FunctionContext) {
  if (ctx.files.length === 0)
    return Response.json({ error: 'send a file as multipart/form-data' }, { status: 400 })
  return Promise.all(
    ctx.files.map(async ({ fieldname, originalname, mimetype, size, path }) => ({
      field: fieldname,
      name: originalname,
      type: mimetype,
      size,
      sha256: createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    })),
  )
}
