import { t } from '../../i18n/i18n.ts'
import { type Place, splitPlaces } from './places.ts'

/** A text in which the places of the app's functions lead to them. */
export function WithPlaces({
  text,
  names,
  onJump,
}: {
  text: string
  /** The app's functions: only their places are links. */
  names: ReadonlySet<string>
  onJump: (place: Place) => void
}) {
  return splitPlaces(text, (name) => names.has(name)).map((part, index) =>
    typeof part === 'string' ? part : <PlaceLink key={index} place={part} text={part.text} onJump={onJump} />,
  )
}

/** A place in a function, which one goes to. */
export function PlaceLink({
  place,
  text,
  onJump,
}: {
  place: Place
  text: string
  onJump: (place: Place) => void
}) {
  return (
    <button
      type="button"
      aria-label={t('console.jump', { place: text })}
      onClick={(event) => {
        // A row around it may answer clicks, too.
        event.stopPropagation()
        onJump(place)
      }}
      className="shrink-0 font-mono underline decoration-control underline-offset-2 hover:text-accent hover:decoration-accent"
    >
      {text}
    </button>
  )
}
