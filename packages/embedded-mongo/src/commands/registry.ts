import { aggregateCommands } from './aggregate.ts'
import { bulkWriteCommands } from './bulk-write.ts'
import { collectionCommands } from './collections.ts'
import type { Command } from './command.ts'
import { diagnosticCommands } from './diagnostics.ts'
import { explainCommands } from './explain.ts'
import { findCommands } from './find.ts'
import { findAndModifyCommands } from './find-and-modify.ts'
import { handshakeCommands } from './handshake.ts'
import { indexCommands } from './indexes.ts'
import { refusedCommands } from './refused.ts'
import { sessionCommands } from './sessions.ts'
import { userCommands } from './users.ts'
import { writeCommands } from './write.ts'

/** Every command, by name. */
export const commands: Record<string, Command> = {
  ...handshakeCommands,
  ...userCommands,
  ...findCommands,
  ...writeCommands,
  ...bulkWriteCommands,
  ...explainCommands,
  ...findAndModifyCommands,
  ...aggregateCommands,
  ...collectionCommands,
  ...indexCommands,
  ...diagnosticCommands,
  ...sessionCommands,
  ...refusedCommands,
}
