// Who may act as an operator: a session that a listed wallet itself has signed, not too long ago. Woken by every request under /api/operator.
import { OPERATOR_LIMITS, type OperatorMe, type OperatorRefusal } from '../../src/protocol/api-operator.ts';
import type { FaultCode } from '../../src/protocol/fault.ts';

export interface OperatorProof {
  readonly wallet: string | null;
  /** A guest's key that is attached to a wallet signs in as that wallet's account: it proves nothing here. */
  readonly signedBy: 'key' | 'wallet';
  readonly createdAtMs: number;
}

/** `operators`: addresses in lower case. `proof` null: nobody is signed in. */
export function judgeOperator(operators: readonly string[], proof: OperatorProof | null, nowMs: number): OperatorMe {
  if (operators.length === 0) return refuse('none-configured');
  if (proof === null) return refuse('nobody');
  if (proof.wallet === null) return refuse('not-a-wallet');
  if (!operators.includes(proof.wallet.toLowerCase())) return refuse('not-listed');
  if (proof.signedBy !== 'wallet') return refuse('not-a-wallet');
  const untilMs = proof.createdAtMs + OPERATOR_LIMITS.sessionMs;
  return nowMs < untilMs ? { kind: 'operator', wallet: proof.wallet, untilMs } : refuse('too-old');
}

const HOURS = OPERATOR_LIMITS.sessionMs / 3_600_000;
const SENTENCES: Readonly<Record<OperatorRefusal, readonly [FaultCode, string]>> = {
  nobody: ['not-signed-in', 'Operators sign in with their wallet; nobody is signed in here.'],
  'none-configured': ['forbidden', 'This coordinator has no operator: it was started without OPERATORS.'],
  'not-a-wallet': ['forbidden', 'Operators sign in with their wallet itself; this session was signed by a key of the browser.'],
  'not-listed': ['forbidden', 'This wallet is no operator here: OPERATORS does not name it.'],
  'too-old': ['forbidden', `This wallet signed in more than ${HOURS} hours ago; operators sign in anew.`],
};

function refuse(why: OperatorRefusal): OperatorMe {
  const [code, sentence] = SENTENCES[why];
  return { kind: 'refused', why, fault: { code, sentence, facts: { why } } };
}
