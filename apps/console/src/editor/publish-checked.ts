import { appQuery } from '../data/apps.ts'
import { failedTestsOf } from '../data/errors.ts'
import { queryClient } from '../data/trpc.ts'
import { onlyFailed, startTests } from '../features/tests/run-tests.ts'
import { t } from '../i18n/i18n.ts'
import { draftActions, useDrafts } from '../stores/drafts.ts'
import { useEditorBridge } from '../stores/editor-bridge.ts'
import { workspaceActions } from '../stores/workspace.ts'
import { check } from './language/check.ts'
import { publish } from './publish.ts'

/** TypeScript's codes below this are of the syntax: the API says those, with the same places. */
const FIRST_TYPE_ERROR = 2000

/**
 * Publishes as the app's setting says about type errors: `refuse` looks first, and lists instead of publishing; `warn`
 * publishes, and what the editor knows already is listed before the click beside the button, and after it below.
 */
export async function publishChecked(appid: string, name: string): Promise<void> {
  const typeCheck = queryClient.getQueryData(appQuery(appid).queryKey)?.typeCheck ?? 'warn'
  if (typeCheck === 'refuse') {
    const found = (await check([name])).filter(
      ({ code }) => Number(/\d+/.exec(code)?.[0]) >= FIRST_TYPE_ERROR,
    )
    if (found.length > 0) {
      const error = new Error(t('typeErrors.refused', { n: found.length }))
      draftActions.publish(name, { kind: 'refused', error, markers: [], loadErrors: [] })
      workspaceActions.showDrawer('problems')
      return
    }
  }
  const warned =
    typeCheck === 'warn' &&
    useEditorBridge.getState().problems.some((one) => one.name === name && one.severity === 'error')
  await publish(appid, name)
  const state = useDrafts.getState().publish[name]
  const failed = state?.kind === 'refused' ? failedTestsOf(state.error) : []
  if (failed.length > 0) {
    workspaceActions.showDrawer('tests')
    // The same tests again, to be seen one by one.
    void startTests(appid, onlyFailed(failed))
  } else if (warned || state?.kind === 'refused') workspaceActions.showDrawer('problems')
}
