// Runs strangers' programs in a child process, to examine them or to compute a leaf again: nothing they do there reaches the coordinator.
import { type ChildProcess, fork } from 'node:child_process';
import { Fault } from '../../src/protocol/fault.ts';
import type { ExamineRequest, ProcessAnswer, ProcessRequest, ProgramReport, RecheckedLeaf, RecheckRequest } from './program-report.ts';

/** Validation, compilation and samples of one program. */
export const EXAMINE_TIMEOUT_MS = 60_000;
/** Examinations waiting at once; more are refused. */
export const MAX_WAITING = 32;

export interface ProgramExaminer {
  /** Throws `bad-program`, `bad-spec`, `program-runs-away`, `program-not-separable`, `validator-unavailable` or `too-many-requests`. */
  examine(request: ExamineRequest): Promise<ProgramReport>;
  /** Throws `bad-program`, `program-runs-away` or `too-many-requests`. */
  recheckLeaf(request: RecheckRequest): Promise<RecheckedLeaf>;
  stop(): void;
}

export interface ExaminerOptions {
  readonly timeoutMs?: number;
  readonly start?: () => ChildProcess;
}

interface Waiting {
  readonly asked: ProcessRequest;
  readonly resolve: (answer: ProcessAnswer) => void;
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
    child.send(waiting.asked);
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
      finish(({ resolve }) => resolve((message as { answer: ProcessAnswer }).answer));
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

  async function ask(asked: ProcessRequest): Promise<Exclude<ProcessAnswer, { kind: 'refused' }>> {
    if (queue.length >= MAX_WAITING)
      throw new Fault('too-many-requests', 'Too many programs are being examined; submit it again in a minute.');
    const answer = await new Promise<ProcessAnswer>((resolve, reject) => {
      queue.push({ asked, resolve, reject });
      next();
    });
    if (answer.kind === 'refused') throw new Fault(answer.fault.code, answer.fault.sentence, { facts: answer.fault.facts ?? {} });
    return answer;
  }

  return {
    async examine(request) {
      const answer = await ask({ kind: 'examine', request });
      if (answer.kind !== 'report') throw new Fault('internal', 'The examiner answered something else; please report it.');
      return answer.report;
    },
    async recheckLeaf(request) {
      const answer = await ask({ kind: 'recheck', request });
      if (answer.kind !== 'leaf') throw new Fault('internal', 'The examiner answered something else; please report it.');
      return answer.leaf;
    },
    stop() {
      child?.kill();
    },
  };
}

function forkChild(): ChildProcess {
  return fork(new URL('./program-process.ts', import.meta.url), { serialization: 'advanced', execArgv: ['--import', 'tsx'] });
}
