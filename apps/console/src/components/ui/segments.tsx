import { useId } from 'react'

/** A small row of choices of which one counts: radio buttons, with the browser's own keys. */
export function Segments({
  label,
  value,
  items,
  onChange,
}: {
  label: string
  value: string
  items: { value: string; label: string; name?: string }[]
  onChange: (value: string) => void
}) {
  const group = useId()
  return (
    <div
      role="radiogroup"
      aria-label={label}
      className="flex h-7 items-center rounded-control border border-line bg-bg p-0.5"
    >
      {items.map((item) => (
        <label
          key={item.value}
          className="relative flex h-6 items-center rounded-kbd px-2 text-small text-muted transition-colors duration-120 hover:text-fg has-checked:bg-raised has-checked:text-fg"
        >
          <input
            type="radio"
            name={group}
            value={item.value}
            checked={item.value === value}
            aria-label={item.name ?? item.label}
            onChange={() => onChange(item.value)}
            className="absolute inset-0 appearance-none rounded-kbd"
          />
          {item.label}
        </label>
      ))}
    </div>
  )
}
