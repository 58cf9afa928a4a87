/** The mark: a turning tool's diamond. */
export function Logo({ size = 14 }: { size?: number }) {
  return (
    <svg aria-hidden width={size} height={size} viewBox="0 0 14 14" className="shrink-0">
      <path d="M7 .5 13.5 7 7 13.5.5 7Z" fill="currentColor" />
    </svg>
  )
}
