import { create } from 'zustand'

export interface SearchQuery {
  find: string
  replace: string
  matchCase: boolean
  wholeWord: boolean
  regex: boolean
}

/** What was last searched for: it is there again when the search is opened again. */
export const useSearchQuery = create<SearchQuery>()(() => ({
  find: '',
  replace: '',
  matchCase: false,
  wholeWord: false,
  regex: false,
}))
