import type { FunctionView, inputs } from '@lathe/shared'
import type { z } from 'zod'
import { notFound } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { renameMany } from './rename-many.ts'

/** Renames or moves one function, by the rules of `renameMany`. */
export async function renameFunction(
  request: SignedRequest,
  { appid, name, newName }: z.infer<typeof inputs.functionsRename>,
): Promise<FunctionView> {
  const [view] = await renameMany(request, { appid, moves: [{ name, newName }] })
  if (!view) throw notFound('function', name)
  return view
}
