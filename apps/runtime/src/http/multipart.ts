import { createWriteStream, mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { UploadedFile } from '@lathe/cloud'
import busboy from 'busboy'
import { type ParsedBody, tooLarge } from './body.ts'
import { HttpError } from './error-body.ts'

const FILES = 100
const FIELDS = 1_000
const FIELD_BYTES = 1024 * 1024

let counter = 0

/**
 * Streams the files of a form to disk, never holding one in memory. The body limit holds for the whole form.
 * @param dir made when it does not exist; the request's files go into a folder of their own in it
 * @returns the fields as `body`, and `dispose`, which deletes the files
 * @throws HttpError 400 when the form is malformed, 413 when it or one of its parts is too large
 */
export async function readMultipart(
  req: IncomingMessage,
  dir: string,
  limit: number,
): Promise<ParsedBody & { dispose: () => Promise<void> }> {
  const folder = `${dir}/upload-${process.pid}-${++counter}`
  const dispose = () => rm(folder, { recursive: true, force: true })
  const files: UploadedFile[] = []
  const body: Record<string, unknown> = {}
  const writing: Promise<void>[] = []
  const result = Promise.withResolvers<void>()
  const fail = (error: Error) => result.reject(error)
  let parser: busboy.Busboy
  try {
    parser = busboy({
      headers: req.headers,
      limits: {
        fileSize: limit,
        files: FILES,
        fields: FIELDS,
        fieldSize: FIELD_BYTES,
        parts: FILES + FIELDS,
      },
    })
  } catch (error) {
    throw new HttpError(400, 'BAD_REQUEST', `The form is malformed: ${(error as Error).message}`)
  }
  parser.on('field', (name, value, info) => {
    if (info.valueTruncated) fail(tooLarge(FIELD_BYTES))
    if (name === '__proto__') return
    const known = Object.hasOwn(body, name) ? body[name] : undefined
    body[name] = known === undefined ? value : Array.isArray(known) ? [...known, value] : [known, value]
  })
  parser.on('file', (fieldname, stream, info) => {
    mkdirSync(folder, { recursive: true })
    const filename = `${files.length + 1}`
    const file: UploadedFile = {
      fieldname,
      originalname: info.filename ?? '',
      mimetype: info.mimeType,
      encoding: info.encoding,
      size: 0,
      path: `${folder}/${filename}`,
      filename,
      destination: folder,
    }
    files.push(file)
    stream.on('data', (chunk: Buffer) => {
      file.size += chunk.length
    })
    stream.on('limit', () => fail(tooLarge(limit)))
    writing.push(pipeline(stream, createWriteStream(file.path, { mode: 0o600 })))
    writing.at(-1)!.catch(fail)
  })
  for (const event of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) {
    parser.on(event, () => fail(new HttpError(413, 'PAYLOAD_TOO_LARGE', 'The form has too many parts')))
  }
  parser.on('error', (error) =>
    fail(new HttpError(400, 'BAD_REQUEST', `The form is malformed: ${(error as Error).message}`)),
  )
  parser.on('close', () => result.resolve())
  req.on('error', () => fail(new HttpError(400, 'BAD_REQUEST', 'The body was cut off')))
  let size = 0
  req.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > limit) fail(tooLarge(limit))
  })
  req.pipe(parser)
  try {
    await result.promise
    await Promise.all(writing)
    return { raw: null, body, files, dispose }
  } catch (error) {
    req.unpipe(parser)
    req.resume()
    parser.destroy()
    await Promise.allSettled(writing)
    await dispose()
    throw error
  }
}
