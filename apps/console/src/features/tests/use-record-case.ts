import { useSaveCase } from '../../data/cases.ts'
import type { RunView } from '../../stores/runs.ts'
import { useTests } from '../../stores/tests.ts'
import { workspaceActions } from '../../stores/workspace.ts'
import { recordedCase } from './record-case.ts'

/** One click: the run's request is saved with what came of it, shown among the tests, and its name may be typed over. */
export function useRecordCase(appid: string, name: string, run: RunView | undefined): () => void {
  const save = useSaveCase()
  return () => {
    if (!run?.response || save.isPending) return
    save.mutate(
      { appid, ...recordedCase(name, run.request, run.response) },
      {
        onSuccess: ({ id }) => {
          workspaceActions.showDrawer('tests')
          useTests.setState({ selected: id, naming: id })
        },
      },
    )
  }
}
