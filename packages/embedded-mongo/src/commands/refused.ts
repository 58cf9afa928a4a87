/** Commands of MongoDB that are refused by name, so that nobody takes them for misspelt. */
import { type MongoError, notSupported, searchNotEnabled } from '../errors.ts'
import type { Command } from './command.ts'

const REFUSED = [
  'mapReduce',
  'convertToCapped',
  'cloneCollectionAsCapped',
  'compact',
  'createRole',
  'updateRole',
]
const SEARCH = ['createSearchIndexes', 'updateSearchIndex', 'dropSearchIndex']

function refused(error: (name: string) => MongoError): Command {
  return {
    fields: 'any',
    privilege: () => 'any',
    run: ({ name }) => {
      throw error(name)
    },
  }
}

export const refusedCommands: Record<string, Command> = {
  ...Object.fromEntries(REFUSED.map((name) => [name, refused((n) => notSupported(`command ${n}`))])),
  ...Object.fromEntries(SEARCH.map((name) => [name, refused(searchNotEnabled)])),
}
