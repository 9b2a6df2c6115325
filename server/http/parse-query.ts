// Numbers and names from paths and queries, or one sentence about what is wrong with them.
import { Fault } from '../../src/protocol/fault.ts';
import { type Digest, isDigest, type JobId } from '../../src/protocol/ids.ts';

const WHOLE = /^\d{1,15}$/;

export function parseJobId(text: string): JobId {
  if (!WHOLE.test(text)) throw new Fault('not-found', 'There is no such job: its number is not a number.');
  return Number(text) as JobId;
}

export function parseDigest(text: string): Digest {
  if (!isDigest(text))
    throw new Fault('bad-request', 'A digest is a SHA-256 in 64 lower-case hexadecimal digits.', { facts: { field: 'digest' } });
  return text;
}

/** `fallback` when it is not given. */
export function parseWhole<Fallback>(
  text: string | undefined,
  name: string,
  range: { readonly min: number; readonly max: number },
  fallback: Fallback,
): number | Fallback {
  if (text === undefined) return fallback;
  const value = WHOLE.test(text) ? Number(text) : Number.NaN;
  if (value >= range.min && value <= range.max) return value;
  throw new Fault('bad-request', `${name} must be a whole number from ${range.min} to ${range.max}.`, { facts: { field: name } });
}

export function parseChoice<Choice extends string>(text: string | undefined, name: string, choices: readonly Choice[]): Choice | undefined {
  if (text === undefined) return undefined;
  const choice = choices.find((each) => each === text);
  if (choice === undefined) throw new Fault('bad-request', `${name} must be one of ${choices.join(', ')}.`, { facts: { field: name } });
  return choice;
}
