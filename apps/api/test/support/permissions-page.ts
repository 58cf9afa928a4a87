import { hasRole, type Permission, permissions, teamRoleSchema } from '@lathe/shared'

const head = `# Who may do what

Made from the table that the api enforces (\`packages/shared/src/permissions.ts\`), by the test that calls every procedure as everybody
(\`apps/api/test/permissions.test.ts\`; \`vitest run -u\` writes this page anew).

Whoever is not in a team is told that its apps do not exist. A bearer token may do what its owner may, as far as its scope goes: \`read\` as
a viewer, \`develop\` as a developer, \`admin\` as an admin. What takes an owner, or says *session*, takes a person who is signed in. A team's own token is in that team alone; a
token that is limited to some apps sees no others, and changes nothing of the team.
`

/** docs/PERMISSIONS.md. */
export function permissionsPage(): string {
  const rows = Object.entries(permissions) as [string, Permission][]
  const inTeams = rows.flatMap(([name, row]) => ('role' in row ? [line(name, row)] : []))
  const ofAccount = rows.flatMap(([name, row]) =>
    row.of === 'account' ? [`| \`${name}\` | ${row.scope === 'session' ? '*session*' : row.scope} |`] : [],
  )
  const open = rows.flatMap(([name, row]) => (row.of === 'open' ? [`\`${name}\``] : []))
  const roles = teamRoleSchema.options
  return [
    head,
    '## In a team',
    '',
    `| | ${roles.join(' | ')} |`,
    `|---|${roles.map(() => ':-:').join('|')}|`,
    ...inTeams,
    '',
    '## Of one’s own account',
    '',
    'For everybody who is signed in; by a token of at least this scope.',
    '',
    '| | token |',
    '|---|---|',
    ...ofAccount,
    '',
    '## Open to all',
    '',
    `${open.join(', ')}`,
    '',
  ].join('\n')
}

function line(name: string, row: Extract<Permission, { role: unknown }>): string {
  const cells = teamRoleSchema.options.map((role) => (hasRole(role, row.role) ? '✓' : ' '))
  return `| \`${name}\` | ${cells.join(' | ')} |`
}
