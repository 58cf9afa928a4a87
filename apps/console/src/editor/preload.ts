import { warmUp } from './language/service.ts'

/** Loaded when the page is idle before anything is edited: Monaco is parsed and the language service started. */
warmUp()
