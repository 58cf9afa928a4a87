import { testInputs } from '@lathe/shared'
import { runTests } from '../services/tests/run.ts'
import { procedure, router, streamErrors } from '../trpc/trpc.ts'

export const testsRouter = router({
  run: procedure
    .input(testInputs.run)
    .subscription(({ ctx, input, signal }) => streamErrors(runTests(ctx, input, signal))),
})
