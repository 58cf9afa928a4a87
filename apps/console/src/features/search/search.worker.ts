import type { SearchQuery } from '../../stores/search.ts'
import { type SearchFile, search } from './matcher.ts'

/** A person's regular expression may take for ever: here it can be ended. */
self.onmessage = ({ data }: MessageEvent<{ files: SearchFile[]; query: SearchQuery }>) => {
  self.postMessage(search(data.files, data.query))
}
