/** Something that whoever typed the command has to change: exit code 2. */
export class UsageError extends Error {}
