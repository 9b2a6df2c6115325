// The child process that runs strangers' programs, to examine them or to compute a leaf again: one request at a time.
import { Fault } from '../../src/protocol/fault.ts';
import { examineProgram } from './examine-program.ts';
import type { ProcessAnswer, ProcessRequest } from './program-report.ts';
import { recheckForAudit } from './recheck-for-audit.ts';
import { createValidator, type Validator } from './validate-wgsl.ts';

let validator: Promise<Validator> | null = null;

process.on('message', (message) => {
  void answerFor(message as ProcessRequest).then((answer) => process.send?.({ answer }));
});
// the coordinator is gone
process.on('disconnect', () => process.exit(0));

async function answerFor(asked: ProcessRequest): Promise<ProcessAnswer> {
  try {
    if (asked.kind === 'recheck') return { kind: 'leaf', leaf: recheckForAudit(asked.request) };
    validator ??= createValidator();
    return { kind: 'report', report: await examineProgram(await validator, asked.request) };
  } catch (cause) {
    if (cause instanceof Fault) return { kind: 'refused', fault: cause.body };
    const what = cause instanceof Error ? cause.message : String(cause);
    return { kind: 'refused', fault: { code: 'internal', sentence: `The program could not be examined (${what}); please report it.` } };
  }
}
