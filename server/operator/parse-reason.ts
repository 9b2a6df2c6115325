// Why an operator acts, as it is kept: one line of plain text, long enough to mean something.
import { OPERATOR_LIMITS } from '../../src/protocol/api-operator.ts';
import { Fault } from '../../src/protocol/fault.ts';

const { min, max } = OPERATOR_LIMITS.reasonLetters;
/** Line breaks and control characters, and marks that turn text around: a log line must read as it was written. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]+/gu;

/** Throws `bad-request`. */
export function parseReason(text: string): string {
  const reason = text.replace(UNPRINTABLE, ' ').replace(/\s+/g, ' ').trim();
  const letters = [...reason].length;
  const words = reason.match(/\p{L}/gu)?.length ?? 0;
  if (letters > max) throw refuse(`The reason has ${letters} letters, the limit is ${max}.`);
  if (words < min) throw refuse(`Say why in at least ${min} letters: it is kept in the audit log.`);
  return reason;
}

function refuse(sentence: string): Fault {
  return new Fault('bad-request', sentence, { facts: { field: 'reason' } });
}
