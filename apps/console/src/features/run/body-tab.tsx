import { runLimits } from '@lathe/shared'
import { Button } from '../../components/ui/button.tsx'
import { controlLook } from '../../components/ui/field.tsx'
import { Select } from '../../components/ui/select.tsx'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { formatBytes } from '../../lib/format.ts'
import { FilePick } from './file-pick.tsx'
import { MultipartFields } from './multipart-fields.tsx'
import { Pairs } from './pairs.tsx'
import { formatQuery, parseQuery } from './query-pairs.ts'
import { bodySize, jsonProblem, type PanelRequest, takesBody } from './request.ts'

/** What the request carries, in the kind that one chooses; what was typed stays when the kind changes. */
export function BodyTab({
  request,
  set,
}: {
  request: PanelRequest
  set: (change: Partial<PanelRequest>) => void
}) {
  const { bodyKind, body, fields, file } = request
  const problem = bodyKind === 'json' ? jsonProblem(body) : null
  const kinds: [PanelRequest['bodyKind'], string][] = [
    ['json', 'JSON'],
    ['form', t('run.bodyForm')],
    ['multipart', t('run.bodyMultipart')],
    ['text', t('run.bodyText')],
    ['binary', t('run.bodyBinary')],
  ]
  return (
    <>
      <div className="flex items-center gap-2">
        <Select
          aria-label={t('run.bodyKind')}
          small
          className="w-36"
          value={bodyKind}
          onChange={(e) => set({ bodyKind: kinds.find(([kind]) => kind === e.target.value)?.[0] ?? 'json' })}
        >
          {kinds.map(([kind, label]) => (
            <option key={kind} value={kind}>
              {label}
            </option>
          ))}
        </Select>
        <div className="grow" />
        {bodyKind === 'json' && (
          <Button
            look="quiet"
            size="s"
            disabled={!body.trim() || problem !== null || !isPlainJson(body)}
            onClick={() => set({ body: JSON.stringify(JSON.parse(body), null, 2) })}
          >
            {t('run.format')}
          </Button>
        )}
      </div>
      {bodyKind === 'form' && (
        <Pairs
          label={t('run.bodyForm')}
          pairs={parseQuery(body)}
          onChange={(pairs) => set({ body: formatQuery(pairs) })}
        />
      )}
      {bodyKind === 'multipart' && (
        <MultipartFields fields={fields} onChange={(next) => set({ fields: next })} />
      )}
      {bodyKind === 'binary' && (
        <FilePick label={t('run.chooseBody')} file={file} onPick={(next) => set({ file: next })} />
      )}
      {(bodyKind === 'json' || bodyKind === 'text') && (
        <textarea
          aria-label={t('run.body')}
          aria-invalid={problem ? true : undefined}
          aria-describedby="body-note"
          value={body}
          spellCheck={false}
          placeholder={bodyKind === 'json' ? '{ "name": "Ada" }' : ''}
          onChange={(e) => set({ body: e.target.value })}
          className={cx(controlLook, 'min-h-0 w-full grow resize-none py-1.5 font-mono text-small')}
        />
      )}
      <BodyNote request={request} problem={problem} />
    </>
  )
}

/** One line: what is wrong with the body, or that it is not sent, or how large it is. */
function BodyNote({ request, problem }: { request: PanelRequest; problem: string | null }) {
  const size = bodySize(request)
  const isTooLarge = size > runLimits.bodyBytes
  const text = problem ?? (takesBody(request.method) ? '' : t('run.noBody', { method: request.method }))
  return (
    <p
      id="body-note"
      aria-live="polite"
      className={cx('min-h-4 truncate text-small', problem || isTooLarge ? 'text-error' : 'text-subtle')}
    >
      {isTooLarge
        ? t('run.bodyTooLarge', { size: formatBytes(size), limit: formatBytes(runLimits.bodyBytes) })
        : text}
    </p>
  )
}

/** References to variables outside of strings cannot be formatted. */
function isPlainJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
