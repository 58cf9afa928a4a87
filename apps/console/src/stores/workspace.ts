import { create } from 'zustand'
import { persist } from 'zustand/middleware'

export type DrawerTab = 'console' | 'problems' | 'tests' | 'debug'
export type NarrowPane = 'functions' | 'editor' | 'run'

interface Workspace {
  /** Open tabs by app, in order; they survive a reload. */
  tabs: Record<string, string[]>
  /** The function that was last looked at, by app. */
  last: Record<string, string>
  /** Closed folders by app: new folders are open. */
  closedFolders: Record<string, string[]>
  sidebar: boolean
  drawer: boolean
  runPanel: boolean
  drawerTab: DrawerTab
  /** Below 900 px one pane shows at a time. */
  pane: NarrowPane
}

export const useWorkspace = create<Workspace>()(
  persist(
    (): Workspace => ({
      tabs: {},
      last: {},
      closedFolders: {},
      sidebar: true,
      drawer: true,
      runPanel: true,
      drawerTab: 'console',
      pane: 'editor',
    }),
    { name: 'lathe:workspace' },
  ),
)

const set = useWorkspace.setState

export const workspaceActions = {
  open(appid: string, name: string) {
    set((s) => {
      const tabs = s.tabs[appid] ?? []
      return {
        tabs: tabs.includes(name) ? s.tabs : { ...s.tabs, [appid]: [...tabs, name] },
        last: { ...s.last, [appid]: name },
      }
    })
  },
  /** Closes a tab; gives the neighbour that takes its place. */
  close(appid: string, name: string): string | undefined {
    const tabs = useWorkspace.getState().tabs[appid] ?? []
    const at = tabs.indexOf(name)
    const rest = tabs.filter((tab) => tab !== name)
    set((s) => ({ tabs: { ...s.tabs, [appid]: rest } }))
    return rest[Math.min(at, rest.length - 1)]
  },
  rename(appid: string, name: string, newName: string) {
    set((s) => ({
      tabs: { ...s.tabs, [appid]: (s.tabs[appid] ?? []).map((tab) => (tab === name ? newName : tab)) },
      last: s.last[appid] === name ? { ...s.last, [appid]: newName } : s.last,
    }))
  },
  /** Forgets tabs of functions that are gone. */
  prune(appid: string, names: string[]) {
    const tabs = useWorkspace.getState().tabs[appid] ?? []
    const kept = tabs.filter((tab) => names.includes(tab))
    if (kept.length < tabs.length) set((s) => ({ tabs: { ...s.tabs, [appid]: kept } }))
  },
  toggleFolder(appid: string, path: string) {
    set((s) => {
      const closed = s.closedFolders[appid] ?? []
      const next = closed.includes(path) ? closed.filter((p) => p !== path) : [...closed, path]
      return { closedFolders: { ...s.closedFolders, [appid]: next } }
    })
  },
  toggle(pane: 'sidebar' | 'drawer' | 'runPanel') {
    set((s) => ({ [pane]: !s[pane] }))
  },
  showDrawer(drawerTab: DrawerTab) {
    set({ drawer: true, drawerTab })
  },
  showPane(pane: NarrowPane) {
    set(pane === 'run' ? { pane, runPanel: true } : pane === 'functions' ? { pane, sidebar: true } : { pane })
  },
}
