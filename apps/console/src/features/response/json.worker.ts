import { indexJson } from './json-index.ts'

/** Gets a body's bytes; gives its text and rows, or null where they are no JSON. */
self.onmessage = ({ data }: MessageEvent<Uint8Array<ArrayBuffer>>) => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(data)
    const rows = indexJson(text)
    if (rows) self.postMessage({ text, rows }, { transfer: [rows.buffer] })
    else self.postMessage(null)
  } catch {
    self.postMessage(null)
  }
}
