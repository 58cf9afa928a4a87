import { enFirst } from './en-first.ts'
import { enPages } from './en-pages.ts'

/** The English messages, one file per feature; with their ids and values they are the type of every other catalog. */
export const en = { ...enFirst, ...enPages } as const
