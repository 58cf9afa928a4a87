import type { Catalog } from './i18n.ts'
import { zhCnFirst } from './zh-cn-first.ts'
import { zhCnPages } from './zh-cn-pages.ts'

export const zhCn: Catalog = { ...zhCnFirst, ...zhCnPages }
