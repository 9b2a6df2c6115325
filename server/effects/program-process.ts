// The child process that examines programs: one request at a time.
import { Fault } from '../../src/protocol/fault.ts';
import { examineProgram } from './examine-program.ts';
import type { ExamineAnswer, ExamineRequest } from './program-report.ts';
import { createValidator, type Validator } from './validate-wgsl.ts';

let validator: Promise<Validator> | null = null;

process.on('message', (message) => {
  const { request } = message as { readonly request: ExamineRequest };
  void answerFor(request).then((answer) => process.send?.({ answer }));
});
// the coordinator is gone
process.on('disconnect', () => process.exit(0));

async function answerFor(request: ExamineRequest): Promise<ExamineAnswer> {
  try {
    validator ??= createValidator();
    return { kind: 'report', report: await examineProgram(await validator, request, () => performance.now()) };
  } catch (cause) {
    if (cause instanceof Fault) return { kind: 'refused', fault: cause.body };
    const what = cause instanceof Error ? cause.message : String(cause);
    return { kind: 'refused', fault: { code: 'internal', sentence: `The program could not be examined (${what}); please report it.` } };
  }
}
