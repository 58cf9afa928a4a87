import { z } from 'zod'

/** Roles in a team, the most powerful first. Each may do what those after it may. */
export const teamRoleSchema = z.enum(['owner', 'admin', 'developer', 'viewer'])
export type TeamRole = z.infer<typeof teamRoleSchema>

/** What a bearer token may do at most, whatever the role of whoever made it; the least first. */
export const tokenScopeSchema = z.enum(['read', 'develop', 'admin'])
export type TokenScope = z.infer<typeof tokenScopeSchema>

/**
 * Who may call something:
 * - `open`: anybody;
 * - `account`: whoever is signed in, by a session or by a token of at least this scope (`session`: no token at all);
 *   it shows and changes nothing but the caller's own;
 * - `team`: a member of the team that the input's `teamId` names, with at least this role;
 * - `app`: the same, of the team whose app the input's `appid` names.
 */
export type Permission =
  | { of: 'open' }
  | { of: 'account'; scope: TokenScope | 'session' }
  | { of: 'team' | 'app'; role: TeamRole }

const open: Permission = { of: 'open' }
const account = (scope: TokenScope | 'session'): Permission => ({ of: 'account', scope })
const team = (role: TeamRole): Permission => ({ of: 'team', role })
const app = (role: TeamRole): Permission => ({ of: 'app', role })

/**
 * The permission matrix: every procedure and every HTTP route that is not open to all, with who may call it. The api
 * enforces exactly this table, in one place (apps/api/src/auth/authorize.ts), and refuses what is not in it;
 * docs/PERMISSIONS.md is made of it.
 */
export const permissions = {
  'account.me': account('read'),
  'account.preferences': account('read'),
  'account.setPreferences': account('develop'),
  'account.security': account('session'),
  'account.changePassword': account('session'),
  'account.changeEmail': account('session'),
  'account.confirmEmail': open,
  'account.requestReset': open,
  'account.resetPassword': open,
  'account.signInOptions': open,

  'apps.list': account('read'),
  'apps.create': team('developer'),
  'apps.get': app('viewer'),
  'apps.rename': app('developer'),
  'apps.update': app('admin'),
  'apps.start': app('developer'),
  'apps.stop': app('developer'),
  'apps.restart': app('developer'),
  'apps.delete': app('admin'),

  'audit.list': team('admin'),

  'cases.list': app('viewer'),
  'cases.save': app('developer'),
  'cases.move': app('developer'),
  'cases.delete': app('developer'),
  'cases.restore': app('developer'),

  'comments.list': app('viewer'),
  'comments.add': app('developer'),
  'comments.edit': app('developer'),
  'comments.delete': app('developer'),

  'debug.session': app('developer'),
  'debug.send': app('developer'),

  'dashboard.follow': team('viewer'),

  'dependencies.list': app('viewer'),
  'dependencies.check': app('viewer'),
  'dependencies.search': app('viewer'),
  'dependencies.versions': app('viewer'),
  'dependencies.receipt': app('viewer'),
  'dependencies.progress': app('viewer'),
  'dependencies.add': app('developer'),
  'dependencies.update': app('developer'),
  'dependencies.remove': app('developer'),
  'dependencies.cancel': app('developer'),
  'dependencies.permissions': app('admin'),

  'env.list': app('viewer'),
  'env.set': app('developer'),
  'env.unset': app('developer'),

  'functions.list': app('viewer'),
  'functions.get': app('viewer'),
  'functions.deleted': app('viewer'),
  'functions.sources': app('viewer'),
  'functions.create': app('developer'),
  'functions.saveDraft': app('developer'),
  'functions.publish': app('developer'),
  'functions.publishMany': app('developer'),
  'functions.rename': app('developer'),
  'functions.renameMany': app('developer'),
  'functions.update': app('developer'),
  'functions.delete': app('developer'),
  'functions.restore': app('developer'),

  'invocations.list': app('viewer'),
  'invocations.get': app('viewer'),

  'logs.query': app('viewer'),
  'logs.tail': app('viewer'),

  'metrics.series': app('viewer'),
  'metrics.functions': app('viewer'),
  'metrics.recent': account('read'),

  'presence.follow': app('viewer'),
  'presence.at': app('viewer'),

  'registries.list': team('viewer'),
  'registries.save': team('admin'),
  'registries.remove': team('admin'),

  'revisions.list': app('viewer'),
  'revisions.get': app('viewer'),
  'revisions.rollback': app('developer'),

  'runs.execute': app('developer'),
  'runs.history': app('developer'),
  'runs.forget': app('developer'),

  'setup.status': open,
  'setup.complete': open,

  'sessions.list': account('session'),
  'sessions.revoke': account('session'),
  'sessions.revokeOthers': account('session'),

  'system.status': account('read'),

  'invitations.list': team('admin'),
  'invitations.create': team('admin'),
  'invitations.resend': team('admin'),
  'invitations.revoke': team('admin'),
  'invitations.look': open,
  'invitations.decline': open,
  'invitations.join': open,
  'invitations.accept': account('session'),

  'members.list': team('viewer'),
  'members.setRole': team('admin'),
  'members.remove': team('admin'),

  'owners.add': team('owner'),
  'owners.remove': team('owner'),

  'teams.list': account('read'),
  'teams.create': account('session'),
  'teams.get': team('viewer'),
  'teams.rename': team('admin'),
  'teams.leave': account('session'),
  'teams.delete': team('owner'),

  'tests.run': app('developer'),

  'teamTokens.list': team('admin'),
  'teamTokens.create': team('admin'),
  'teamTokens.revoke': team('admin'),

  'tokens.list': account('read'),
  'tokens.create': account('admin'),
  'tokens.revoke': account('admin'),

  'triggers.list': app('viewer'),
  'triggers.preview': app('viewer'),
  'triggers.history': app('viewer'),
  'triggers.save': app('developer'),
  'triggers.run': app('developer'),
  'triggers.delete': app('developer'),

  'variableSets.list': app('viewer'),
  'variableSets.save': app('developer'),
  'variableSets.delete': app('developer'),

  'GET /api/apps/<appid>/types': app('viewer'),
  'POST /api/apps/<appid>/tests': app('developer'),
  'GET /api/teams/<teamId>/audit.csv': team('admin'),
  'GET /api/openapi.json': open,
  'GET /api/metrics': account('read'),
} satisfies Record<string, Permission>
export type PermissionName = keyof typeof permissions

const roles = teamRoleSchema.options
const scopes = tokenScopeSchema.options
const mostOf: Record<TokenScope, TeamRole> = { read: 'viewer', develop: 'developer', admin: 'admin' }

/** Whether a role is at least another. */
export function hasRole(held: TeamRole, needed: TeamRole): boolean {
  return roles.indexOf(held) <= roles.indexOf(needed)
}

/** Whether a token's scope is at least another. */
export function hasScope(held: TokenScope, needed: TokenScope): boolean {
  return scopes.indexOf(held) >= scopes.indexOf(needed)
}

/** The role that a token of this scope has in a team where its owner has `held`: never more than its owner. */
export function roleWithScope(held: TeamRole, scope: TokenScope): TeamRole {
  return hasRole(held, mostOf[scope]) ? mostOf[scope] : held
}
