export { readSettings } from './config/settings.ts'
export { type Lathe, startLathe } from './lathe.ts'
export { Refusal } from './refusal.ts'
