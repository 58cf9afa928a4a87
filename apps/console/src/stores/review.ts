import { create } from 'zustand'

/** A change of several functions that waits to be looked at. */
export interface ReviewItem {
  name: string
  before: string
  after: string
}

interface Review {
  title: string
  items: ReviewItem[]
  /** Gives the names that were agreed to, or null for none of it. */
  answer: (agreed: ReadonlySet<string> | null) => void
}

export const useReview = create<{ review: Review | null }>()(() => ({ review: null }))

/** Shows a change before it is written; an earlier one that still waits is given up. */
export function reviewChanges(title: string, items: ReviewItem[]): Promise<ReadonlySet<string> | null> {
  useReview.getState().review?.answer(null)
  return new Promise((resolve) => {
    useReview.setState({
      review: {
        title,
        items,
        answer: (agreed) => {
          useReview.setState({ review: null })
          resolve(agreed)
        },
      },
    })
  })
}
