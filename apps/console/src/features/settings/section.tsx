import type { ReactNode } from 'react'

/** What the section is about, beside its controls. */
export function Section({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <section className="grid grid-cols-[200px_1fr] gap-x-8 gap-y-3 border-t border-line py-6 max-wide:grid-cols-1">
      <div>
        <h2 className="font-semibold">{title}</h2>
        <p className="mt-1 text-small text-muted">{text}</p>
      </div>
      <div className="min-w-0">{children}</div>
    </section>
  )
}
