// PURE. What a site's owner pastes, and where a page can show the widget as strangers' pages do.
import type { SiteId } from '../../../protocol/api-sites.ts';

export interface SnippetOptions {
  readonly theme: 'auto' | 'light' | 'dark';
  /** Empty: the visitor's own. */
  readonly lang: '' | 'en' | 'de';
  /** The most that this page allows, in whole percent; 60: as much as a widget may have. */
  readonly percent: number;
}

export const DEFAULT_SNIPPET: SnippetOptions = { theme: 'auto', lang: '', percent: 60 };
export const MIN_PERCENT = 5;
export const MAX_PERCENT = 60;

/** What differs from the defaults is written, and nothing else. */
export function listAttributes(site: SiteId, { theme, lang, percent }: SnippetOptions): readonly (readonly [string, string])[] {
  return [
    ['site', String(site)],
    ...(theme === 'auto' ? [] : [['theme', theme] as const]),
    ...(lang === '' ? [] : [['lang', lang] as const]),
    ...(percent === MAX_PERCENT ? [] : [['throttle', String(percent / 100)] as const]),
  ];
}

export function makeSnippet(origin: string, site: SiteId, options: SnippetOptions): string {
  const attributes = listAttributes(site, options).map(([name, value]) => ` ${name}="${value}"`);
  return `<script src="${origin}/w.js" async></script>\n<ostraka-widget${attributes.join('')}></ostraka-widget>`;
}

/** For hosts with a Content-Security-Policy: nothing else is needed. */
export function makePolicyLines(origin: string): string {
  return `script-src ${origin};\nframe-src ${origin};`;
}

/** The same coordinator under this machine's other name, which browsers take for another site; null where there is none. */
export function otherOrigin(origin: string): string | null {
  const { protocol, hostname, port } = new URL(origin);
  const other = hostname === '127.0.0.1' ? 'localhost' : hostname === 'localhost' ? '127.0.0.1' : null;
  return other && `${protocol}//${other}${port === '' ? '' : `:${port}`}`;
}
