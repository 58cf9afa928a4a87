import { useEffect, useMemo, useState } from 'react'
import JsonWorker from './json.worker.ts?worker'
import { JsonDocument } from './json-document.ts'
import { indexJson, type JsonRows } from './json-index.ts'
import { textOf } from './response-bytes.ts'

/** Up to here reading takes a few milliseconds, and nothing flickers. */
const AT_ONCE = 200_000

/** The rows of a body; null where it is no JSON, undefined while a large one is being read in a worker. */
export function useJson(bytes: Uint8Array<ArrayBuffer>): JsonDocument | null | undefined {
  const small = useMemo(() => (bytes.length <= AT_ONCE ? read(bytes) : undefined), [bytes])
  const [large, setLarge] = useState<{ of: Uint8Array; document: JsonDocument | null }>()
  useEffect(() => {
    if (bytes.length <= AT_ONCE) return
    const worker = new JsonWorker()
    const done = (document: JsonDocument | null) => {
      setLarge({ of: bytes, document })
      worker.terminate()
    }
    worker.onmessage = ({ data }: MessageEvent<{ text: string; rows: JsonRows } | null>) =>
      done(data && new JsonDocument(data.text, data.rows))
    worker.onerror = () => done(null)
    worker.postMessage(bytes)
    return () => worker.terminate()
  }, [bytes])
  if (bytes.length <= AT_ONCE) return small
  return large?.of === bytes ? large.document : undefined
}

function read(bytes: Uint8Array): JsonDocument | null {
  const text = textOf(bytes)
  const rows = text === null ? null : indexJson(text)
  return text !== null && rows ? new JsonDocument(text, rows) : null
}
