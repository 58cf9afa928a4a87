import { useEffect, useMemo, useState } from 'react'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { t } from '../../i18n/i18n.ts'
import type { ResponseBody, ResponseHead } from '../../stores/runs.ts'
import { EventsView } from './events-view.tsx'
import { JsonView } from './json-view.tsx'
import { contentType, joined, kindOf, textOf } from './response-bytes.ts'
import { HexView, TextView } from './text-view.tsx'
import { useJson } from './use-json.ts'

/** Of an answer that still comes, so much is shown. */
const LIVE_BYTES = 256 * 1024

/** A body in the view that suits it; `raw` shows what came, whatever it is. */
export function BodyView({
  head,
  body,
  isWhole,
  isCut,
  view,
}: {
  head: ResponseHead
  body: ResponseBody
  /** Everything has come. */
  isWhole: boolean
  /** There was more than is here. */
  isCut: boolean
  view: 'pretty' | 'raw' | 'preview'
}) {
  if (view === 'pretty' && contentType(head.headers) === 'text/event-stream')
    return <EventsView body={body} />
  if (isWhole) return <WholeBody head={head} body={body} isCut={isCut} view={view} />
  return <LiveBody body={body} />
}

/** What has come so far, its end where it is long. */
function LiveBody({ body }: { body: ResponseBody }) {
  const text = useMemo(() => {
    const last: Uint8Array<ArrayBuffer>[] = []
    let size = 0
    for (let i = body.parts.length - 1; i >= 0 && size < LIVE_BYTES; i--) {
      last.unshift(body.parts[i]!)
      size += body.parts[i]!.length
    }
    return new TextDecoder().decode(joined({ parts: last, size }))
  }, [body])
  return <TextView text={text} />
}

function WholeBody({
  head,
  body,
  isCut,
  view,
}: {
  head: ResponseHead
  body: ResponseBody
  isCut: boolean
  view: 'pretty' | 'raw' | 'preview'
}) {
  const bytes = useMemo(() => joined(body), [body])
  const kind = useMemo(() => kindOf(head, bytes), [head, bytes])
  if (view === 'preview') return <Preview bytes={bytes} />
  if (view === 'pretty' && kind === 'json' && !isCut) return <Json bytes={bytes} />
  if (view === 'pretty' && kind === 'image') return <Picture bytes={bytes} type={contentType(head.headers)} />
  return <Raw bytes={bytes} isCut={isCut} />
}

function Json({ bytes }: { bytes: Uint8Array<ArrayBuffer> }) {
  const document = useJson(bytes)
  if (document === undefined) {
    return (
      <div role="status" aria-label={t('run.reading')} className="grow p-3">
        <Skeleton className="h-4 w-40" />
      </div>
    )
  }
  return document ? <JsonView document={document} /> : <Raw bytes={bytes} isCut={false} />
}

function Raw({ bytes, isCut }: { bytes: Uint8Array; isCut: boolean }) {
  const text = useMemo(() => textOf(bytes, isCut), [bytes, isCut])
  return text === null ? <HexView bytes={bytes} /> : <TextView text={text} />
}

function Picture({ bytes, type }: { bytes: Uint8Array<ArrayBuffer>; type: string }) {
  const [url, setUrl] = useState('')
  const [size, setSize] = useState('')
  useEffect(() => {
    // The page's policy allows pictures as data, and no other origins.
    const reader = new FileReader()
    reader.onload = () => setUrl(String(reader.result))
    reader.readAsDataURL(new Blob([bytes], { type }))
    return () => reader.abort()
  }, [bytes, type])
  return (
    <figure className="flex min-h-0 grow flex-col items-center justify-center gap-2 overflow-auto p-3">
      {url && (
        <img
          src={url}
          alt={t('run.picture')}
          className="checkered max-h-full max-w-full"
          onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
            setSize(`${naturalWidth} × ${naturalHeight}`)
          }
        />
      )}
      <figcaption className="text-small text-subtle">{size}</figcaption>
    </figure>
  )
}

/** HTML as a page of its own that runs nothing, reaches nothing and belongs to no origin. */
function Preview({ bytes }: { bytes: Uint8Array }) {
  const html = useMemo(() => new TextDecoder().decode(bytes), [bytes])
  return (
    <div className="flex min-h-0 grow flex-col">
      <p className="px-3 pb-1 text-small text-subtle">{t('run.previewHint')}</p>
      <iframe
        title={t('run.preview')}
        sandbox=""
        srcDoc={html}
        className="min-h-0 w-full grow"
        // What pages count on that name no background, in every theme.
        style={{ backgroundColor: '#fff' }}
      />
    </div>
  )
}
