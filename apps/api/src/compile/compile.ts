import type { Marker } from '@lathe/shared'
import { type OxcError, transform } from 'oxc-transform'
import { sha256 } from '../hash.ts'
import { Refusal } from '../refusal.ts'
import { checkSource } from './check-source.ts'
import { markerAt, utf16Index } from './places.ts'

export interface Compiled {
  /** ES module. */
  code: string
  /** Source map (v3, JSON text) to `<name>.ts`, without the source itself. */
  map: string
  codeSha256: string
}

/**
 * TypeScript to JavaScript, types stripped and nothing else lowered: the runtime's Node speaks the newest.
 * @throws Refusal COMPILE_ERROR with a marker for each error; TOO_LARGE
 */
export async function compile(name: string, source: string): Promise<Compiled> {
  checkSource(source)
  const file = `${name}.ts`
  const { code, map, errors } = await transform(file, source, {
    lang: 'ts',
    sourceType: 'module',
    target: 'esnext',
    sourcemap: true,
  })
  const fatal = errors.filter(({ severity }) => severity === 'Error')
  if (fatal.length > 0) {
    const bytes = Buffer.from(source)
    const markers = fatal.map((error) => markerOf(source, bytes, error))
    const [first] = markers
    throw new Refusal('COMPILE_ERROR', `${file}:${first?.line}:${first?.column} ${first?.message}`, {
      markers,
    })
  }
  const slim = { version: 3, sources: [file], names: map?.names ?? [], mappings: map?.mappings ?? '' }
  return { code, map: JSON.stringify(slim), codeSha256: sha256(code) }
}

/** The compiler counts in bytes of UTF-8. */
function markerOf(source: string, bytes: Buffer, { message, labels, helpMessage }: OxcError): Marker {
  const text = helpMessage ? `${message}. ${helpMessage}` : message
  const [label] = labels
  if (!label) return markerAt(source, 0, 0, text)
  return markerAt(source, utf16Index(bytes, label.start), utf16Index(bytes, label.end), text)
}
