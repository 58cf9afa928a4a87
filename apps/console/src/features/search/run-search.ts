import type { SearchQuery } from '../../stores/search.ts'
import type { SearchFile, SearchResult } from './matcher.ts'
import SearchWorker from './search.worker.ts?worker'

const PATIENCE_MS = 5_000

/**
 * Searches in a thread of its own, which ends with the search.
 * @returns null when it took too long
 */
export function runSearch(
  files: SearchFile[],
  query: SearchQuery,
  signal: AbortSignal,
): Promise<SearchResult | null> {
  return new Promise((resolve, reject) => {
    const worker = new SearchWorker()
    const end = () => {
      clearTimeout(timer)
      worker.terminate()
    }
    const timer = setTimeout(() => {
      end()
      resolve(null)
    }, PATIENCE_MS)
    signal.addEventListener('abort', end)
    worker.onmessage = ({ data }: MessageEvent<SearchResult>) => {
      end()
      resolve(data)
    }
    worker.onerror = (event) => {
      end()
      reject(new Error(event.message))
    }
    worker.postMessage({ files, query })
  })
}
