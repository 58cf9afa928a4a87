import { create } from 'zustand'
import { persist } from 'zustand/middleware'
import { emptyRequest, type PanelRequest } from '../features/run/request.ts'

interface Requests {
  byFunction: Record<string, PanelRequest>
}

const REQUESTS_KEY = 'lathe:requests'

/** The panel's request by function (`<appid>/<name>`), kept in this browser. */
export const useRequests = create<Requests>()(
  persist((): Requests => ({ byFunction: {} }), {
    name: REQUESTS_KEY,
    // Tokens live as long as the page: what lies in a browser's storage is no secret.
    partialize: ({ byFunction }) => ({
      byFunction: Object.fromEntries(
        Object.entries(byFunction).map(([key, request]) => [key, { ...request, bearer: '' }]),
      ),
    }),
  }),
)

export function requestOf(key: string): PanelRequest {
  return useRequests.getState().byFunction[key] ?? emptyRequest
}

export function changeRequest(key: string, change: Partial<PanelRequest>): void {
  try {
    useRequests.setState((s) => ({
      byFunction: { ...s.byFunction, [key]: { ...emptyRequest, ...s.byFunction[key], ...change } },
    }))
  } catch {
    // QuotaExceededError: the request lives on in memory until the page closes.
  }
}
