/** Tells this page apart from all others that are open, this person's too. It ends with the page. */
export const WINDOW = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
  byte.toString(16).padStart(2, '0'),
).join('')
