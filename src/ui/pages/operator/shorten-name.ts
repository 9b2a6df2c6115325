// An address in a narrow column: its beginning and its end tell it from others. PURE.

export function shortenName(name: string): string {
  return /^0x[0-9a-fA-F]{40}$/.test(name) ? `${name.slice(0, 6)}…${name.slice(-4)}` : name;
}
