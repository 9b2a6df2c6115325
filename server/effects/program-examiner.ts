// Examines uploaded programs in a child process, so that nothing they do to a validator or a compiler reaches the coordinator.
import { type ChildProcess, fork } from 'node:child_process';
import { Fault } from '../../src/protocol/fault.ts';
import type { ExamineAnswer, ExamineRequest, ProgramReport } from './program-report.ts';

/** Validation, compilation and samples of one program. */
export const EXAMINE_TIMEOUT_MS = 60_000;
/** Examinations waiting at once; more are refused. */
export const MAX_WAITING = 32;

export interface ProgramExaminer {
  /** Throws `bad-program`, `bad-spec`, `program-runs-away`, `program-not-separable`, `validator-unavailable` or `too-many-requests`. */
  examine(request: ExamineRequest): Promise<ProgramReport>;
  stop(): void;
}

interface Waiting {
  readonly resolve: (answer: ExamineAnswer) => void;
  readonly reject: (fault: Fault) => void;
  readonly timer: NodeJS.Timeout;
}

export function createProgramExaminer(): ProgramExaminer {
  let child: ChildProcess | null = null;
  let nextId = 0;
  const waiting = new Map<number, Waiting>();

  function start(): ChildProcess {
    const started = fork(new URL('./program-process.ts', import.meta.url), { serialization: 'advanced', execArgv: ['--import', 'tsx'] });
    started.on('message', (message) => {
      const { id, answer } = message as { id: number; answer: ExamineAnswer };
      take(id)?.resolve(answer);
    });
    started.on('exit', () => {
      if (child === started) child = null;
      for (const id of [...waiting.keys()])
        take(id)?.reject(new Fault('bad-program', 'The program made the validator stop; simplify it and submit it again.'));
    });
    return started;
  }

  function take(id: number): Waiting | undefined {
    const found = waiting.get(id);
    if (found) clearTimeout(found.timer);
    waiting.delete(id);
    return found;
  }

  return {
    async examine(request) {
      if (waiting.size >= MAX_WAITING)
        throw new Fault('too-many-requests', 'Too many programs are being examined; submit it again in a minute.');
      child ??= start();
      const id = nextId++;
      const answer = await new Promise<ExamineAnswer>((resolve, reject) => {
        const timer = setTimeout(() => {
          take(id)?.reject(
            new Fault(
              'program-runs-away',
              `The program could not be examined within ${EXAMINE_TIMEOUT_MS / 1_000} s; make its workgroups do less.`,
            ),
          );
          child?.kill('SIGKILL');
        }, EXAMINE_TIMEOUT_MS);
        waiting.set(id, { resolve, reject, timer });
        child?.send({ id, request });
      });
      if (answer.kind === 'refused') throw new Fault(answer.fault.code, answer.fault.sentence, { facts: answer.fault.facts ?? {} });
      return answer.report;
    },
    stop() {
      child?.kill();
    },
  };
}
