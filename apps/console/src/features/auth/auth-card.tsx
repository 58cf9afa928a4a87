import type { ReactNode } from 'react'
import { Logo } from '../../components/shell/logo.tsx'

/** The calm middle of the pages before the sign-in. */
export function AuthCard({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <main className="flex h-full flex-col items-center justify-center overflow-y-auto px-4 pb-[12vh]">
      <title>{`${title} · Lathe`}</title>
      <div className="w-full max-w-[340px]">
        <div className="mb-6 flex items-center gap-2.5">
          <Logo size={18} />
          <span className="text-title font-semibold">Lathe</span>
        </div>
        <h1 className="text-page font-semibold">{title}</h1>
        <p className="mt-1 mb-6 text-muted">{text}</p>
        {children}
      </div>
    </main>
  )
}
