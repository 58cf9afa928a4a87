import { FileUp } from 'lucide-react'
import { useRef } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { formatBytes } from '../../lib/format.ts'
import { base64Of } from '../response/response-bytes.ts'
import type { ChosenFile } from './request.ts'

/** A file as the request keeps it. */
export async function chosen(file: File): Promise<ChosenFile> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  return { fileName: file.name, type: file.type, data: base64Of(bytes) }
}

/** Chooses one file, or takes one that is dropped; says which it is. */
export function FilePick({
  label,
  file,
  small = false,
  onPick,
}: {
  label: string
  file: ChosenFile | null
  small?: boolean
  onPick: (file: ChosenFile) => void
}) {
  const input = useRef<HTMLInputElement>(null)
  const take = (files: FileList | null) => {
    const first = files?.[0]
    if (first) void chosen(first).then(onPick)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is one more way to do what the button does.
    <div
      className={cx(
        'flex min-w-0 items-center gap-2',
        small ? 'h-7 px-1' : 'grow rounded-control border border-dashed border-control p-3',
      )}
      onDragOver={(e) => e.preventDefault()}
      onDrop={(e) => {
        e.preventDefault()
        take(e.dataTransfer.files)
      }}
    >
      <input
        ref={input}
        type="file"
        aria-label={label}
        className="hidden"
        onChange={(e) => {
          take(e.target.files)
          e.target.value = ''
        }}
      />
      <Button
        size={small ? 'xs' : 's'}
        aria-label={label}
        icon={<FileUp size={13} aria-hidden />}
        onClick={() => input.current?.click()}
      >
        {t('run.choose')}
      </Button>
      <span className={cx('min-w-0 truncate text-small', file?.data === null ? 'text-warn' : 'text-muted')}>
        {file ? described(file) : t('run.noFile')}
      </span>
    </div>
  )
}

const sizeOf = (base64: string) => Math.floor((base64.replace(/=+$/, '').length * 3) / 4)

function described({ fileName, type, data }: ChosenFile): string {
  const name = fileName || t('run.unnamedFile')
  if (data === null) return t('run.chooseAgain', { name })
  return [name, formatBytes(sizeOf(data)), type].filter(Boolean).join(' · ')
}
