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

export interface ExaminerOptions {
  readonly timeoutMs?: number;
  readonly start?: () => ChildProcess;
}

interface Waiting {
  readonly request: ExamineRequest;
  readonly resolve: (answer: ExamineAnswer) => void;
  readonly reject: (fault: Fault) => void;
}

/** One program at a time, in the order of asking: its time begins when its turn does. */
export function createProgramExaminer({ timeoutMs = EXAMINE_TIMEOUT_MS, start = forkChild }: ExaminerOptions = {}): ProgramExaminer {
  const queue: Waiting[] = [];
  let child: ChildProcess | null = null;
  let current: { readonly waiting: Waiting; readonly timer: NodeJS.Timeout } | null = null;

  function next(): void {
    const waiting = current ? undefined : queue.shift();
    if (!waiting) return;
    child ??= watch(start());
    const timer = setTimeout(() => {
      finish(({ reject }) =>
        reject(
          new Fault('program-runs-away', `The program could not be examined within ${timeoutMs / 1_000} s; make its workgroups do less.`),
        ),
      );
      child?.kill('SIGKILL');
      child = null;
      next();
    }, timeoutMs);
    current = { waiting, timer };
    child.send({ request: waiting.request });
  }

  function finish(tell: (waiting: Waiting) => void): void {
    if (!current) return;
    clearTimeout(current.timer);
    tell(current.waiting);
    current = null;
  }

  function watch(started: ChildProcess): ChildProcess {
    started.on('message', (message) => {
      if (started !== child) return;
      finish(({ resolve }) => resolve((message as { answer: ExamineAnswer }).answer));
      next();
    });
    started.on('exit', () => {
      if (started !== child) return;
      child = null;
      finish(({ reject }) => reject(new Fault('bad-program', 'The program made the validator stop; simplify it and submit it again.')));
      next();
    });
    return started;
  }

  return {
    async examine(request) {
      if (queue.length >= MAX_WAITING)
        throw new Fault('too-many-requests', 'Too many programs are being examined; submit it again in a minute.');
      const answer = await new Promise<ExamineAnswer>((resolve, reject) => {
        queue.push({ request, resolve, reject });
        next();
      });
      if (answer.kind === 'refused') throw new Fault(answer.fault.code, answer.fault.sentence, { facts: answer.fault.facts ?? {} });
      return answer.report;
    },
    stop() {
      child?.kill();
    },
  };
}

function forkChild(): ChildProcess {
  return fork(new URL('./program-process.ts', import.meta.url), { serialization: 'advanced', execArgv: ['--import', 'tsx'] });
}
