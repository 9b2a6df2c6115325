// JSON as the resources write it: bigints as decimal strings.

export function stringify(value: unknown): string {
  return JSON.stringify(value, (_, field) => (typeof field === 'bigint' ? field.toString() : field));
}
