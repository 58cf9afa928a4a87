export { readSettings } from './config/settings.ts'
export { chooseIsolation, nodeCommand } from './isolation.ts'
export { type Lathe, startLathe } from './lathe.ts'
export { Refusal } from './refusal.ts'
