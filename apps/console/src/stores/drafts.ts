import type { ConflictDetails, LoadError, Marker } from '@lathe/shared'
import { create } from 'zustand'
import type { SaveState } from '../editor/draft-queue.ts'

/** What the page shows of one open function's draft; the text itself lives in Monaco's model. */
export interface DraftStatus {
  save: SaveState
  /** The draft's text is not the live one. */
  differs: boolean
  baseRevision: number
  liveRevision: number
  refusal: unknown
}

export interface MergeRequest {
  name: string
  /** Who moved first: a publish, or a save of the same draft from elsewhere. */
  kind: 'publish' | 'draft'
  /** `liveRevision` and `theirs` are of what is live, or of the draft that was saved elsewhere. */
  details: ConflictDetails
  /** The draft that the merge takes the place of. */
  draftVersion: number
}

export type PublishState =
  | { kind: 'publishing' }
  | {
      kind: 'live'
      revision: number
      /** Click to answer; null when no runtime was up to answer. */
      ms: number | null
      replicas: { live: number; total: number }
      /** What Undo goes back to; 0 = nothing was live before. */
      previous: number
      undone: boolean
    }
  | { kind: 'refused'; error: unknown; markers: Marker[]; loadErrors: LoadError[] }

interface Drafts {
  status: Record<string, DraftStatus>
  publish: Record<string, PublishState>
  /** The conflict that is shown now. */
  merge: MergeRequest | null
  /** Conflicts that wait for a decision, the shown one among them. */
  conflicts: Record<string, MergeRequest>
}

const nothing: Drafts = { status: {}, publish: {}, merge: null, conflicts: {} }

export const useDrafts = create<Drafts>()(() => nothing)

/** Changes come from the model keeper (editor/models.ts) and the publisher, not from components. */
export const draftActions = {
  status(name: string, change: Partial<DraftStatus>) {
    useDrafts.setState((s) => {
      const old = s.status[name] ?? {
        save: 'saved',
        differs: false,
        baseRevision: 0,
        liveRevision: 0,
        refusal: null,
      }
      return { status: { ...s.status, [name]: { ...old, ...change } } }
    })
  },
  publish(name: string, state: PublishState | null) {
    useDrafts.setState((s) => {
      const { [name]: _, ...rest } = s.publish
      return { publish: state ? { ...rest, [name]: state } : rest }
    })
  },
  /** Notes a conflict and shows it, unless another one is being decided. */
  conflict(request: MergeRequest) {
    useDrafts.setState((s) => ({
      merge: s.merge ?? request,
      conflicts: { ...s.conflicts, [request.name]: request },
    }))
  },
  /** The dialog goes; the conflict stays. */
  decideLater() {
    useDrafts.setState({ merge: null })
  },
  resolved(name: string) {
    useDrafts.setState((s) => {
      const { [name]: _, ...conflicts } = s.conflicts
      return { conflicts, merge: s.merge?.name === name ? null : s.merge }
    })
  },
  forget(name: string) {
    useDrafts.setState((s) => {
      const { [name]: _status, ...status } = s.status
      const { [name]: _publish, ...publish } = s.publish
      const { [name]: _conflict, ...conflicts } = s.conflicts
      return { status, publish, conflicts }
    })
  },
  clear() {
    useDrafts.setState(nothing)
  },
}
