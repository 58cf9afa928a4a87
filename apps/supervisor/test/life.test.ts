import { expect, test } from 'vitest'
import { processesOf, startSupervisor, temporaryFolder, until } from './process.ts'

const consoleUrl = (output: string) => /console\s+(http\S+)/.exec(output)![1]!
const gone = (processes: string[]) => processes.length === 0

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s stops every process', async (signal) => {
  await using data = await temporaryFolder()
  await using lathe = startSupervisor({ LATHE_DATA: data.path })
  await lathe.printed('Ready')
  expect((await processesOf(data.path)).length).toBeGreaterThanOrEqual(3)
  lathe.child.kill(signal)
  expect(await lathe.ended).toBe(0)
  expect(await processesOf(data.path)).toEqual([])
})

test('kill -9 of the supervisor leaves no process behind', async () => {
  await using data = await temporaryFolder()
  await using lathe = startSupervisor({ LATHE_DATA: data.path })
  await lathe.printed('Ready')
  lathe.child.kill('SIGKILL')
  await lathe.ended
  await until(() => processesOf(data.path), gone)
})

test('the end of `npm start`, by kill -9 too, ends the supervisor', async () => {
  await using data = await temporaryFolder()
  await using lathe = startSupervisor({ LATHE_DATA: data.path })
  await lathe.printed('Ready')
  lathe.child.disconnect()
  expect(await lathe.ended).toBe(0)
  expect(await processesOf(data.path)).toEqual([])
})

test('a signal during the start stops what was started', async () => {
  await using data = await temporaryFolder()
  await using lathe = startSupervisor({ LATHE_DATA: data.path })
  await until(
    () => processesOf(data.path),
    (processes) => processes.length > 1,
  )
  lathe.child.kill('SIGTERM')
  expect(await lathe.ended).toBe(0)
  expect(await processesOf(data.path)).toEqual([])
})

test.each(['database', 'api', 'gateway'])(
  'kill -9 of the %s: it is started again, and Lathe serves',
  async (name) => {
    await using data = await temporaryFolder()
    await using lathe = startSupervisor({ LATHE_DATA: data.path })
    await lathe.printed('Ready')
    const ready = `${consoleUrl(lathe.output())}/readyz`
    const program = { database: 'embedded-mongo', api: 'apps/api', gateway: 'apps/gateway' }[name]!
    const running = (await processesOf(data.path)).find((line) => line.includes(program))!
    process.kill(Number(running.split(' ')[0]), 'SIGKILL')
    await lathe.printed(`${name} ended`)
    await until(
      () =>
        fetch(ready).then(
          ({ status }) => status,
          () => 0,
        ),
      (status) => status === 200,
    )
  },
)
