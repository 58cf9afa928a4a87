import { decode } from '../bson/decode.ts'
import type { Doc } from '../bson/values.ts'
import type { Request } from './command.ts'

/** The documents of a field that may come as a sequence or as an array. */
export function rawDocuments(
  { args, sequences }: Pick<Request, 'args' | 'sequences'>,
  name: string,
): (Uint8Array | Doc)[] {
  return sequences.get(name) ?? args.docs(name)
}

export function decodedDocuments(request: Pick<Request, 'args' | 'sequences'>, name: string): Doc[] {
  return rawDocuments(request, name).map((d) => (d instanceof Uint8Array ? decode(d) : d))
}
