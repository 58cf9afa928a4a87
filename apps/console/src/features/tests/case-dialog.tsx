import type { CaseView, Expectation } from '@lathe/shared'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogActions } from '../../components/ui/dialog.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Menu } from '../../components/ui/menu.tsx'
import { useSaveCase } from '../../data/cases.ts'
import { t } from '../../i18n/i18n.ts'
import { ExpectationFields } from './expectation-fields.tsx'
import { schemaOf } from './record-case.ts'

/** What a case expects, one by one. */
export function CaseDialog({
  appid,
  one,
  onClose,
}: {
  appid: string
  one: CaseView | null
  onClose: () => void
}) {
  return (
    <Dialog
      open={one !== null}
      onOpenChange={(open) => !open && onClose()}
      title={one ? t('tests.editTitle', { name: one.name }) : ''}
      size="l"
    >
      {one && <CaseForm key={one.id} appid={appid} one={one} onClose={onClose} />}
    </Dialog>
  )
}

function CaseForm({ appid, one, onClose }: { appid: string; one: CaseView; onClose: () => void }) {
  const [list, setList] = useState(one.expectations)
  const save = useSaveCase()
  const body = list.find((expectation) => expectation.kind === 'body')?.body
  const kinds: [string, Expectation][] = [
    [t('tests.statusCode'), { kind: 'status', status: 200 }],
    [t('tests.header'), { kind: 'header', name: 'content-type', match: 'contains', value: 'json' }],
    [t('tests.json'), { kind: 'json', path: '$.', match: 'equals', value: '""' }],
    [t('tests.schema'), { kind: 'schema', schema: JSON.stringify(schemaOf(parsed(body)), null, 2) }],
    [t('tests.body'), { kind: 'body', body: body ?? '{}', ignore: [] }],
    [t('tests.duration'), { kind: 'duration', maxMs: 1_000 }],
  ]
  return (
    <form
      className="flex min-h-0 flex-col"
      onSubmit={(event) => {
        event.preventDefault()
        const { id, functionName, name, request } = one
        save.mutate({ appid, id, functionName, name, request, expectations: list }, { onSuccess: onClose })
      }}
    >
      <div className="flex min-h-0 flex-col gap-3 overflow-y-auto px-5 py-4">
        {list.length === 0 && <p className="text-small text-muted">{t('tests.noExpectations')}</p>}
        {list.map((expectation, index) => (
          <fieldset
            key={index}
            aria-label={t('tests.expectation', { n: index + 1 })}
            className="flex items-start gap-2 rounded-control border border-line p-2"
          >
            <ExpectationFields one={expectation} onChange={(next) => setList(list.with(index, next))} />
            <IconButton
              label={t('tests.removeExpectation', { n: index + 1 })}
              small
              onClick={() => setList(list.toSpliced(index, 1))}
            >
              <X size={13} aria-hidden />
            </IconButton>
          </fieldset>
        ))}
        <div>
          <Menu
            align="start"
            trigger={
              <Button size="s" icon={<Plus size={13} aria-hidden />}>
                {t('tests.addExpectation')}
              </Button>
            }
            entries={kinds.map(([label, expectation]) => ({
              label,
              onSelect: () => setList([...list, expectation]),
            }))}
          />
        </div>
        <ErrorLine error={save.error} />
      </div>
      <DialogActions>
        <Button look="quiet" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button type="submit" look="solid" busy={save.isPending}>
          {t('action.save')}
        </Button>
      </DialogActions>
    </form>
  )
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '{}')
  } catch {
    return {}
  }
}
