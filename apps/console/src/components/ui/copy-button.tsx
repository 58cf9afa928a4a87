import { Check, Copy, type LucideIcon } from 'lucide-react'
import { t } from '../../i18n/i18n.ts'
import { useCopy } from '../../lib/use-copy.ts'
import { IconButton } from './icon-button.tsx'

/** Copies a text; says so by its icon and its name. */
export function CopyButton({
  text,
  label,
  icon: Icon = Copy,
  small,
  className,
}: {
  /** A function where putting it together takes time. */
  text: string | (() => string)
  label: string
  icon?: LucideIcon
  small?: boolean
  className?: string
}) {
  const { copied, copy } = useCopy()
  return (
    <IconButton
      label={copied ? t('action.copied') : label}
      {...(small ? { small } : {})}
      {...(className ? { className } : {})}
      onClick={(event) => {
        event.preventDefault()
        event.stopPropagation()
        copy(typeof text === 'string' ? text : text())
      }}
    >
      {copied ? <Check size={14} aria-hidden className="text-ok" /> : <Icon size={14} aria-hidden />}
    </IconButton>
  )
}
