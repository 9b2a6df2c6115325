// PURE. What a host's page may say of the widget, and what of it counts: it can ask for less load than the visitor allows, never for more.

export const DEFAULT_LOAD = 0.2;
export const MIN_LOAD = 0.05;
export const MAX_LOAD = 0.6;

export interface FrameOptions {
  readonly site: number | null;
  readonly theme: 'auto' | 'light' | 'dark';
  readonly lang: 'en' | 'de';
  /** The most that the host allows. */
  readonly throttle: number;
}

/** What is wrong or missing is as if it were not said; the language is the browser's then. */
export function parseFrameOptions(search: string, languages: readonly string[]): FrameOptions {
  const given = new URLSearchParams(search);
  const site = given.get('site') ?? '';
  const theme = given.get('theme');
  const lang = given.get('lang') || languages[0] || 'en';
  return {
    site: /^[1-9]\d{0,14}$/.test(site) ? Number(site) : null,
    theme: theme === 'light' || theme === 'dark' ? theme : 'auto',
    lang: lang.toLowerCase().startsWith('de') ? 'de' : 'en',
    throttle: parseThrottle(given.get('throttle')) ?? 1,
  };
}

/** Null: nothing that can be understood. */
export function parseThrottle(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? Math.min(1, Math.max(MIN_LOAD, number)) : null;
}

/** The load that is used: the least of what the visitor chose, the host allows, and a widget may have at all. */
export function pickLoad(chosen: number, throttle: number): number {
  return Math.max(MIN_LOAD, Math.min(chosen, throttle, MAX_LOAD));
}

/** Our own frame on our own pages, or on pages around or below them: there it would not be apart from its host. */
export function isOwnHost(host: string, ownHost: string): boolean {
  const bare = (name: string): string => name.replace(/:\d+$/, '').toLowerCase();
  const [their, our] = [bare(host), bare(ownHost)];
  return their === our || their.endsWith(`.${our}`) || our.endsWith(`.${their}`);
}
