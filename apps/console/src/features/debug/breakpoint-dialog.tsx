import { useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogActions } from '../../components/ui/dialog.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Segments } from '../../components/ui/segments.tsx'
import { t } from '../../i18n/i18n.ts'
import { breakpointActions, breakpointsOf, useBreakpoints } from '../../stores/breakpoints.ts'
import { useDebug } from '../../stores/debug.ts'

/** When a breakpoint stops, or what it writes instead. */
export function BreakpointDialog({ appid }: { appid: string }) {
  const editing = useDebug((s) => s.editing)
  const close = () => useDebug.setState({ editing: null })
  return (
    <Dialog
      open={editing !== null}
      onOpenChange={close}
      title={editing ? t('debug.editTitle', { where: `${editing.functionName}.ts:${editing.line}` }) : ''}
    >
      {editing && (
        <Form
          key={`${editing.functionName}:${editing.line}`}
          appid={appid}
          editing={editing}
          onClose={close}
        />
      )}
    </Dialog>
  )
}

type Editing = NonNullable<ReturnType<typeof useDebug.getState>['editing']>

function Form({ appid, editing, onClose }: { appid: string; editing: Editing; onClose: () => void }) {
  const { functionName, line } = editing
  const known = breakpointsOf(appid)(useBreakpoints.getState()).find(
    (one) => one.functionName === functionName && one.line === line,
  )
  const [kind, setKind] = useState(editing.kind)
  const [texts, setTexts] = useState({
    condition: known?.condition ?? '',
    logMessage: known?.logMessage ?? '',
  })
  const isLog = kind === 'logMessage'
  const text = texts[kind].trim()
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        breakpointActions.put(appid, { functionName, line, ...(text ? { [kind]: text } : {}) })
        onClose()
      }}
    >
      <div className="flex flex-col gap-3 px-5 pt-4">
        <Segments
          label={t('debug.kind')}
          value={kind}
          onChange={(next) => setKind(next as typeof kind)}
          items={[
            { value: 'condition', label: t('debug.condition') },
            { value: 'logMessage', label: t('debug.logMessage') },
          ]}
        />
        <Field
          label={isLog ? t('debug.logMessage') : t('debug.condition')}
          hint={isLog ? t('debug.logHint') : t('debug.conditionHint')}
          value={texts[kind]}
          maxLength={10_000}
          autoFocus
          onChange={(e) => setTexts((all) => ({ ...all, [kind]: e.target.value }))}
        />
      </div>
      <DialogActions>
        <Button look="quiet" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button type="submit" look="solid" disabled={isLog && !text}>
          {t('debug.set')}
        </Button>
      </DialogActions>
    </form>
  )
}
