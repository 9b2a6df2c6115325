// What the preferred and blocked were called when they were chosen: a list of numbers would say nothing in Settings.
import { recall, remember } from './remember.ts';

export type LikeKind = 'job' | 'requester';

/** Twice as many as there can be likes; the oldest go first. */
export const MAX_LIKE_NAMES = 600;
const LONGEST_NAME = 200;

type LikeNames = Readonly<Record<string, string>>;

function parseNames(value: unknown): LikeNames | null {
  if (typeof value !== 'object' || value === null) return null;
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

export function rememberLikeName(kind: LikeKind, id: number, name: string): void {
  const key = `${kind}-${id}`;
  const { [key]: _, ...others } = recall('like-names', parseNames) ?? {};
  const kept = Object.entries(others).slice(1 - MAX_LIKE_NAMES);
  remember('like-names', Object.fromEntries([...kept, [key, name.slice(0, LONGEST_NAME)]]));
}

/** Null for what was chosen in another browser. */
export function recallLikeName(kind: LikeKind, id: number): string | null {
  return recall('like-names', parseNames)?.[`${kind}-${id}`] ?? null;
}
