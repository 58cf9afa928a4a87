import { Eraser } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { controlLook } from '../../components/ui/field.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Select } from '../../components/ui/select.tsx'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { bytesOf } from '../response/response-bytes.ts'
import { FilePick } from '../run/file-pick.tsx'
import type { ChosenFile } from '../run/request.ts'
import { type Writing, writtenBytes } from './written-bytes.ts'

/** Writes messages: text, or bytes as digits, base64 or a file. */
export function Compose({
  isOpen,
  isEmpty,
  onSend,
  onClear,
}: {
  isOpen: boolean
  /** There is nothing to clear. */
  isEmpty: boolean
  onSend: (message: string | Uint8Array<ArrayBuffer>) => void
  onClear: () => void
}) {
  const [writing, setWriting] = useState<Writing>('text')
  const [text, setText] = useState('')
  const [file, setFile] = useState<ChosenFile | null>(null)
  const isWrong = (writing === 'hex' || writing === 'base64') && writtenBytes(writing, text) === null
  const isReady = isOpen && !isWrong && (writing !== 'file' || file !== null)
  const message = () => {
    if (writing === 'text') return text
    return writing === 'file' ? bytesOf(file?.data ?? '') : writtenBytes(writing, text)!
  }
  const labels: Record<Writing, string> = {
    text: t('socket.text'),
    hex: t('socket.hex'),
    base64: t('socket.base64'),
    file: t('socket.file'),
  }
  return (
    <form
      className="flex flex-col gap-2 border-t border-line p-3"
      onSubmit={(event) => {
        event.preventDefault()
        if (!isReady) return
        onSend(message())
        setText('')
      }}
    >
      {writing === 'file' ? (
        <FilePick label={t('socket.chooseFile')} file={file} onPick={setFile} />
      ) : (
        <textarea
          aria-label={t('socket.message')}
          aria-invalid={isWrong}
          aria-describedby="socket-wrong"
          placeholder={writing === 'hex' ? '00 ff 7b' : t('socket.message')}
          value={text}
          rows={2}
          spellCheck={false}
          onChange={(e) => setText(e.target.value)}
          onKeyDown={(e) => {
            if (e.key !== 'Enter' || e.shiftKey || e.nativeEvent.isComposing) return
            e.preventDefault()
            e.currentTarget.form?.requestSubmit()
          }}
          className={cx(controlLook, 'resize-none py-1.5 font-mono text-small')}
        />
      )}
      <div className="flex items-center gap-2">
        <Select
          small
          aria-label={t('socket.writing')}
          className="w-auto"
          value={writing}
          onChange={(e) => setWriting(e.target.value as Writing)}
        >
          {Object.entries(labels).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
        <p id="socket-wrong" role="status" className="min-w-0 grow truncate text-small text-error">
          {isWrong && writing === 'hex' && t('socket.badHex')}
          {isWrong && writing === 'base64' && t('socket.badBase64')}
        </p>
        <IconButton label={t('console.clear')} disabled={isEmpty} onClick={onClear}>
          <Eraser size={14} aria-hidden />
        </IconButton>
        <Button type="submit" disabled={!isReady}>
          {t('socket.send')}
        </Button>
      </div>
    </form>
  )
}
