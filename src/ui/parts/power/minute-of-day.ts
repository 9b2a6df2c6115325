// A minute of the local day as a time field shows it, and back.

export function showMinute(minute: number): string {
  const pad = (value: number): string => String(value).padStart(2, '0');
  return `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`;
}

/** Null for an empty field and for what is no time. */
export function parseMinute(text: string): number | null {
  const found = /^(\d\d):(\d\d)/.exec(text);
  if (!found) return null;
  const [hours, minutes] = [Number(found[1]), Number(found[2])];
  return hours < 24 && minutes < 60 ? hours * 60 + minutes : null;
}
