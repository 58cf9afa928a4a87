import { hasRole, type PermissionName, permissions, type TeamRole } from '@lathe/shared'

/** Whether the role allows what the procedure does, by the table that the API enforces: to show no dead ends. */
export function may(role: TeamRole | undefined, name: PermissionName): boolean {
  const row = permissions[name]
  return role !== undefined && (!('role' in row) || hasRole(role, row.role))
}
