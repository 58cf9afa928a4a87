// Known weaknesses of what Lathe is made of, as the registry's advisories have them.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, toolEnv } from './prepare.mjs'

const MINUTE = 60_000

/**
 * Rejects when a package that is part of the product has an advisory of high or critical severity. Many registries
 * answer no such question, and none does without a network: that is said, and is no failure.
 */
export async function audit() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const report = await answer(packageManager)
  if (!report) {
    process.stdout.write('The registry answers no audit: nothing is known of advisories.\n')
    return
  }
  const grave = Object.values(report.advisories).filter(({ severity }) => /^(high|critical)$/.test(severity))
  for (const { severity, module_name: name, title, url } of grave)
    process.stdout.write(`${severity}: ${name}: ${title} (${url})\n`)
  if (grave.length > 0) throw new Error(`${grave.length} advisories of high or critical severity`)
}

/** pnpm's report, which is JSON whether or not it found something; null when there is none. */
function answer(packageManager) {
  return new Promise((resolve) => {
    const args = ['--yes', packageManager, 'audit', '--prod', '--json']
    execFile('npx', args, { cwd: root, env: toolEnv, timeout: MINUTE }, (_, stdout) => {
      try {
        const report = JSON.parse(stdout)
        resolve(report.advisories ? report : null)
      } catch {
        resolve(null)
      }
    })
  })
}
