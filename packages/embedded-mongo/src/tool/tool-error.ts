/** A failure that its message explains to the person at the terminal. */
export class ToolError extends Error {}
