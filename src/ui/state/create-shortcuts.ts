// Keys that work on every page, never while somebody types or holds a modifier.
import { onCleanup } from 'solid-js';

/** In the order of the list that people see; `what` names its words. */
export const SHORTCUTS = [
  { keys: ['g', 'c'], what: 'contribute' },
  { keys: ['g', 'j'], what: 'jobs' },
  { keys: ['g', 'l'], what: 'leaderboard' },
  { keys: ['g', 'n'], what: 'network' },
  { keys: ['g', 'e'], what: 'embed' },
  { keys: ['g', 's'], what: 'settings' },
  { keys: ['g', 'a'], what: 'account' },
  { keys: ['n'], what: 'newJob' },
  { keys: [' '], what: 'pause' },
  { keys: ['?'], what: 'help' },
] as const;

const PATHS: Readonly<Record<string, string>> = {
  c: '/',
  j: '/jobs',
  l: '/leaderboard',
  n: '/network',
  e: '/embed',
  s: '/settings',
  a: '/account',
};

export interface ShortcutActions {
  readonly go: (path: string) => void;
  readonly togglePause: () => void;
  readonly showHelp: () => void;
}

export type Shortcut =
  | { readonly kind: 'go'; readonly path: string }
  | { readonly kind: 'pause' }
  | { readonly kind: 'help' }
  | { readonly kind: 'prefix' };

/** `before`: was the key before this one a `g`? */
export function readShortcut(key: string, before: boolean): Shortcut | null {
  if (before) {
    const path = PATHS[key];
    if (path) return { kind: 'go', path };
  }
  switch (key) {
    case 'g':
      return { kind: 'prefix' };
    case 'n':
      return { kind: 'go', path: '/jobs/new' };
    case ' ':
      return { kind: 'pause' };
    case '?':
      return { kind: 'help' };
    default:
      return null;
  }
}

const PREFIX_MS = 1_500;
/** Where keys mean something of their own; space also presses what has focus. */
const TYPING = 'input, textarea, select, dialog[open], [contenteditable]';
const PRESSING = 'a, button, summary, [role="application"]';

export function createShortcuts(actions: ShortcutActions): void {
  let prefixAtMs = Number.NEGATIVE_INFINITY;
  const listen = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented || event.repeat) return;
    const at = event.target as Element | null;
    if (at?.closest(TYPING) || document.querySelector('dialog[open]')) return;
    if (event.key === ' ' && at?.closest(PRESSING)) return;
    const shortcut = readShortcut(event.key, event.timeStamp - prefixAtMs < PREFIX_MS);
    prefixAtMs = shortcut?.kind === 'prefix' ? event.timeStamp : Number.NEGATIVE_INFINITY;
    if (!shortcut || shortcut.kind === 'prefix') return;
    event.preventDefault();
    if (shortcut.kind === 'go') actions.go(shortcut.path);
    else if (shortcut.kind === 'pause') actions.togglePause();
    else actions.showHelp();
  };
  addEventListener('keydown', listen);
  onCleanup(() => removeEventListener('keydown', listen));
}
