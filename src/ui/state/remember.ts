// Small things kept in this browser between visits; a browser that keeps nothing is no error.

export function recall<Value>(key: string, parse: (value: unknown) => Value | null): Value | null {
  try {
    const text = localStorage.getItem(`ostraka:${key}`);
    return text === null ? null : parse(JSON.parse(text));
  } catch {
    return null;
  }
}

export function remember(key: string, value: unknown): void {
  try {
    localStorage.setItem(`ostraka:${key}`, JSON.stringify(value));
  } catch {
    // Full, or switched off: the page works without.
  }
}

export function forget(key: string): void {
  try {
    localStorage.removeItem(`ostraka:${key}`);
  } catch {
    // See above.
  }
}
