import { useCallback } from 'react'
import { t } from '../../i18n/i18n.ts'
import { ErrorLine } from '../error-view.tsx'
import { Button } from './button.tsx'

interface Pages {
  hasNextPage: boolean
  isFetchingNextPage: boolean
  isFetchNextPageError: boolean
  error: unknown
  fetchNextPage: () => Promise<unknown>
}

/** Asks for the next page when the end of a list comes near; not again by itself after it failed. */
export function useMore(pages: Pages): () => void {
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = pages
  return useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage])
}

/** Below a list that comes page by page: that there is more, and why it does not come. */
export function MoreBelow({ pages }: { pages: Pages }) {
  if (!pages.hasNextPage) return null
  return (
    <>
      {pages.isFetchNextPageError && <ErrorLine error={pages.error} />}
      <Button
        className="mt-3 self-center"
        busy={pages.isFetchingNextPage}
        onClick={() => void pages.fetchNextPage()}
      >
        {t('team.more')}
      </Button>
    </>
  )
}
