import { type PackageHit, typesPackageOf } from '@lathe/shared'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogActions } from '../../components/ui/dialog.tsx'
import { searchQuery, useAddDependencies } from '../../data/dependencies.ts'
import { t } from '../../i18n/i18n.ts'
import { ReceiptView } from './receipt-view.tsx'
import { SearchBox } from './search-box.tsx'
import { VersionChoice } from './version-choice.tsx'

const REST_MS = 250

/** Search, choice of a version, receipt, install. `name`: what is searched at first; null = closed. */
export function AddDialog({
  appid,
  name,
  onClose,
}: {
  appid: string
  name: string | null
  onClose: () => void
}) {
  return (
    <Dialog
      open={name !== null}
      onOpenChange={(open) => !open && onClose()}
      title={t('deps.add')}
      description={t('deps.addText')}
      size="l"
    >
      <AddForm key={name} appid={appid} first={name ?? ''} onClose={onClose} />
    </Dialog>
  )
}

function AddForm({ appid, first, onClose }: { appid: string; first: string; onClose: () => void }) {
  const [text, setText] = useState(first)
  const [searched, setSearched] = useState(first.trim())
  const [chosen, setChosen] = useState<string | null>(null)
  const [range, setRange] = useState('latest')
  const add = useAddDependencies()
  useEffect(() => {
    const timer = setTimeout(() => setSearched(text.trim()), REST_MS)
    return () => clearTimeout(timer)
  }, [text])
  const search = useQuery(searchQuery(appid, searched))
  const hits = searched === '' ? [] : (search.data?.hits ?? [])
  const isCurrent = searched === text.trim() && !search.isPlaceholderData
  const exact = isCurrent ? hits.find((hit) => hit.exact)?.name : undefined
  // The package of exactly the name that was typed is meant, until another is chosen.
  const selected = chosen ?? exact ?? null
  const choose = (hit: PackageHit) => {
    setChosen(hit.name)
    setRange('latest')
  }
  // Types that are a package of their own come along: only the editor reads them.
  const typed = hits.find(({ name }) => name === selected)?.types === '@types'
  const packages = selected
    ? [{ name: selected, range }, ...(typed ? [{ name: typesPackageOf(selected), range: 'latest' }] : [])]
    : []
  const install = () => {
    if (packages.length === 0 || add.isPending) return
    add.mutate({ appid, packages }, { onSuccess: onClose })
  }
  return (
    <form
      className="flex min-h-0 flex-col"
      onSubmit={(event) => {
        event.preventDefault()
        install()
      }}
    >
      <div className="flex min-h-0 flex-col gap-3 overflow-y-auto px-5 pt-4 pb-2">
        <SearchBox
          text={text}
          onText={(next) => {
            setText(next)
            setChosen(null)
            setRange('latest')
            add.reset()
          }}
          hits={hits}
          selected={selected}
          onChoose={choose}
          busy={search.isFetching || !isCurrent}
          message={search.error ? null : (search.data?.message ?? null)}
          nothing={searched !== '' && isCurrent && !search.isFetching && hits.length === 0}
        />
        <ErrorLine error={search.error} />
        {selected && (
          <>
            <VersionChoice key={selected} appid={appid} name={selected} range={range} onRange={setRange} />
            <ReceiptView appid={appid} packages={packages} />
          </>
        )}
        <ErrorLine error={add.error} />
      </div>
      <DialogActions>
        <Button look="quiet" onClick={onClose}>
          {t('action.close')}
        </Button>
        <Button type="submit" look="solid" busy={add.isPending} disabled={!selected}>
          {t('deps.install')}
        </Button>
      </DialogActions>
    </form>
  )
}
