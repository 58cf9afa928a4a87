import { create } from 'zustand'
import { persist } from 'zustand/middleware'
import { emptyRequest, type PanelRequest } from '../features/run/request.ts'

/** The panel's request by function (`<appid>/<name>`), kept in this browser. */
export const useRequests = create<{ byFunction: Record<string, PanelRequest> }>()(
  persist(() => ({ byFunction: {} }), { name: 'lathe:requests' }),
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
