import { Tabs as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { cx } from '../../lib/cx.ts'

/** The tab strip of a panel: `Tabs` around, `TabList` above, `TabBody` per tab. */
export const Tabs = Radix.Root

export interface TabItem {
  value: string
  label: string
  /** A count or mark behind the label; not part of the tab's name. */
  mark?: ReactNode
}

export function TabList({
  label,
  items,
  className,
}: {
  label: string
  items: TabItem[]
  className?: string
}) {
  return (
    <Radix.List aria-label={label} className={cx('flex h-9 shrink-0 items-stretch gap-1', className)}>
      {items.map(({ value, label, mark }) => (
        <Radix.Trigger
          key={value}
          value={value}
          aria-label={label}
          className="relative inline-flex items-center gap-1.5 px-2 text-ui text-muted -outline-offset-2 transition-colors duration-120 after:absolute after:inset-x-2 after:bottom-0 after:h-0.5 hover:text-fg data-[state=active]:text-fg data-[state=active]:after:bg-accent"
        >
          {label}
          {mark}
        </Radix.Trigger>
      ))}
    </Radix.List>
  )
}

export function TabBody({
  value,
  className,
  children,
}: {
  value: string
  className?: string
  children: ReactNode
}) {
  return (
    <Radix.Content value={value} tabIndex={-1} className={cx('outline-none', className)}>
      {children}
    </Radix.Content>
  )
}

/** A tab's body that stays in the page while another one shows, as a named region. */
export function TabPanel({
  value,
  label,
  shown,
  children,
}: {
  value: string
  label: string
  shown: boolean
  children: ReactNode
}) {
  return (
    <Radix.Content
      value={value}
      forceMount
      tabIndex={-1}
      hidden={!shown}
      className={cx('min-h-0 grow flex-col outline-none', shown ? 'flex' : 'hidden')}
    >
      <section aria-label={label} className="flex min-h-0 grow flex-col">
        {children}
      </section>
    </Radix.Content>
  )
}
