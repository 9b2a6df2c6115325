// PURE. What a visitor said on this host, and how long that holds: Yes for a day, No for a week.

/** Raised when what is agreed to changes: an older Yes is then asked again, an older No still counts. */
export const CONSENT_VERSION = 1;
export const YES_HOLDS_MS = 24 * 3_600_000;
export const NO_HOLDS_MS = 7 * 24 * 3_600_000;

export interface Consent {
  readonly answer: 'yes' | 'no';
  readonly atMs: number;
  readonly version: number;
}

export type ConsentVerdict = 'ask' | 'yes' | 'no';

/** `stored` is what the browser gave back: anything at all. A time in the future was set by a clock that was wrong since: it is asked again. */
export function judgeConsent(stored: string | null, nowMs: number): ConsentVerdict {
  const consent = parseConsent(stored);
  if (consent === null || consent.atMs > nowMs) return 'ask';
  const ageMs = nowMs - consent.atMs;
  if (consent.answer === 'no') return ageMs < NO_HOLDS_MS ? 'no' : 'ask';
  return ageMs < YES_HOLDS_MS && consent.version === CONSENT_VERSION ? 'yes' : 'ask';
}

export function makeConsent(answer: Consent['answer'], nowMs: number): string {
  return JSON.stringify({ answer, atMs: nowMs, version: CONSENT_VERSION } satisfies Consent);
}

/** One a host: within one site pages of different hosts share what is stored. */
export function consentKey(host: string): string {
  return `ostraka-consent ${host}`;
}

function parseConsent(stored: string | null): Consent | null {
  if (stored === null) return null;
  try {
    const { answer, atMs, version } = JSON.parse(stored) as Partial<Record<keyof Consent, unknown>>;
    const isKnown = (answer === 'yes' || answer === 'no') && typeof atMs === 'number' && typeof version === 'number';
    return isKnown ? { answer, atMs, version } : null;
  } catch {
    return null;
  }
}
