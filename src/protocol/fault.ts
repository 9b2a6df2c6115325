// The one error class: a closed code, one plain sentence (what happened, what to do), labelled facts, a cause.

/** Every code that can cross the wire, with the HTTP status it answers with. */
export const FAULT_STATUS = {
  'bad-request': 400,
  'bad-message': 400,
  'bad-frame': 400,
  'bad-spec': 422,
  'bad-program': 422,
  'not-yet': 422,
  'program-runs-away': 422,
  'program-not-separable': 422,
  'program-not-deterministic': 422,
  'validator-unavailable': 503,
  'price-too-low': 422,
  'quote-expired': 409,
  'insufficient-credit': 402,
  'not-signed-in': 401,
  'bad-signature': 401,
  'bad-nonce': 401,
  'bad-ticket': 401,
  'bad-origin': 403,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'already-attached': 409,
  'too-large': 413,
  'too-many-requests': 429,
  'quota-exceeded': 429,
  'upgrade-required': 426,
  'bad-assignment': 400,
  draining: 503,
  overloaded: 503,
  'storage-low': 503,
  'storage-failed': 503,
  config: 500,
  internal: 500,
  offline: 503,
  cancelled: 499,
} as const;

export type FaultCode = keyof typeof FAULT_STATUS;
export type FaultFacts = Readonly<Record<string, string | number | boolean | null>>;

/** What the wire carries of a fault. */
export interface FaultBody {
  readonly code: FaultCode;
  readonly sentence: string;
  readonly facts?: FaultFacts;
}

export class Fault extends Error {
  readonly code: FaultCode;
  readonly facts: FaultFacts;

  constructor(code: FaultCode, sentence: string, options: { readonly facts?: FaultFacts; readonly cause?: unknown } = {}) {
    super(sentence, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Fault';
    this.code = code;
    this.facts = options.facts ?? {};
  }

  get body(): FaultBody {
    return { code: this.code, sentence: this.message, facts: this.facts };
  }
}

export function isFaultCode(text: string): text is FaultCode {
  return Object.hasOwn(FAULT_STATUS, text);
}
