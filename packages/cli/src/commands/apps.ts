import { Api } from '../api.ts'
import type { Invocation } from '../command.ts'
import { readLogin } from '../config/login.ts'
import { table } from '../table.ts'

export async function run({ answer }: Invocation): Promise<void> {
  const apps = await new Api(await readLogin()).call('apps.list')
  answer(
    apps,
    table(apps.map(({ appid, name, phase, url }) => [appid, name, phase, url])) ||
      'No apps yet: make one in the console.',
  )
}
