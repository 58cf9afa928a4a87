import type { PipelineContext, Stage, StageParser } from '../pipeline.ts'
import { type DocumentStage, documentStages } from './document.ts'
import { graphLookup } from './graph-lookup.ts'
import { groupStages } from './group.ts'
import { joinStages } from './join.ts'
import { listLocalSessions } from './list-local-sessions.ts'
import { outputStages } from './output.ts'
import { redact } from './redact.ts'
import { streamStages } from './stream.ts'
import { setWindowFields } from './window.ts'

function mapped(make: DocumentStage): StageParser {
  return (spec, ctx: PipelineContext): Stage => {
    const transform = make(spec, ctx.query)
    return {
      async *run(input) {
        for await (const batch of input) yield batch.map(transform)
      },
    }
  }
}

/** Every stage, by name. */
export const stages: Record<string, StageParser> = {
  ...Object.fromEntries(Object.entries(documentStages).map(([name, make]) => [name, mapped(make)])),
  ...streamStages,
  ...groupStages,
  ...joinStages,
  ...outputStages,
  $graphLookup: graphLookup,
  $listLocalSessions: listLocalSessions,
  $redact: redact,
  $setWindowFields: setWindowFields,
}
