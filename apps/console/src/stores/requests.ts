import { isSecretName } from '@lathe/shared/redact'
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
    partialize: ({ byFunction }) => ({ byFunction: mapped(byFunction, kept) }),
    // What an older page wrote lacks what came since.
    merge: (stored, now) => ({
      ...now,
      byFunction: mapped((stored as Requests | undefined)?.byFunction ?? {}, (request) => ({
        ...emptyRequest,
        ...request,
      })),
    }),
  }),
)

/**
 * Tokens live as long as the page, since what lies in a browser's storage is no secret; files too, since it has no room
 * for them.
 */
function kept(request: PanelRequest): PanelRequest {
  const { headers, fields, file } = request
  return {
    ...request,
    bearer: request.bearer.includes('{{') ? request.bearer : '',
    headers: headers.map((row) =>
      isSecretName(row.name) && !row.value.includes('{{') ? { ...row, value: '' } : row,
    ),
    fields: fields.map((field) => (field.file ? { ...field, file: { ...field.file, data: null } } : field)),
    file: file && { ...file, data: null },
    stored: null,
  }
}

function mapped(
  all: Record<string, PanelRequest>,
  change: (request: PanelRequest) => PanelRequest,
): Record<string, PanelRequest> {
  return Object.fromEntries(Object.entries(all).map(([key, request]) => [key, change(request)]))
}

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
