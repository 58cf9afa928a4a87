import { z } from 'zod'
import { appidSchema, functionNameSchema } from './ids.ts'

const id = z.string().min(1).max(64)
const text = z.string().trim().min(1).max(4000)
const app = { appid: appidSchema }
const revision = { ...app, name: functionNameSchema, revision: z.number().int().min(1) }

/** How many comments a revision takes. */
export const COMMENTS_MAX = 200

/** Inputs of `comments.*`. */
export const commentInputs = {
  list: z.object(revision),
  add: z.object({ ...revision, text }),
  edit: z.object({ ...app, id, text }),
  delete: z.object({ ...app, id }),
} as const

/** What somebody says about a revision. */
export interface CommentView {
  id: string
  /** Name, for people. */
  who: string
  /** Whether the caller wrote it: only he changes and deletes it. */
  own: boolean
  text: string
  createdAt: string
  editedAt: string | null
}
