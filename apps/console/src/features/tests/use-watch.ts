import { useEffect } from 'react'
import { useDrafts } from '../../stores/drafts.ts'
import { useTests } from '../../stores/tests.ts'
import { startTests } from './run-tests.ts'

/** Saves that come close together are one change. */
const QUIET_MS = 250

/** While `Watch` is on: after each save the tests that it affects run. */
export function useWatch(appid: string): void {
  useEffect(() => {
    const changed = new Set<string>()
    let timer: ReturnType<typeof setTimeout> | undefined
    const off = useDrafts.subscribe(({ status }, { status: before }) => {
      if (!useTests.getState().watch) return
      for (const [name, { save }] of Object.entries(status)) {
        const known = before[name]?.save
        if (save === 'saved' && known !== undefined && known !== 'saved') changed.add(name)
      }
      if (changed.size === 0) return
      clearTimeout(timer)
      timer = setTimeout(() => {
        const affectedBy = [...changed]
        changed.clear()
        void startTests(appid, { affectedBy })
      }, QUIET_MS)
    })
    return () => {
      clearTimeout(timer)
      off()
    }
  }, [appid])
}
