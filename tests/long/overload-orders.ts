// What the overload test says to its load process, and what it hears.
import { fork } from 'node:child_process';
import { join } from 'node:path';

export type OverloadOrder =
  | { readonly type: 'connect'; readonly url: string; readonly devices: number }
  | { readonly type: 'storm'; readonly url: string; readonly resultsPerSecond: number }
  | { readonly type: 'calm'; readonly isEager: boolean }
  | { readonly type: 'look' }
  | { readonly type: 'check'; readonly startGrant: string };

/** Counts since the start; `p99Ms` since the last report. */
export interface OverloadReport {
  readonly offered: number;
  readonly heldBack: number;
  readonly acknowledged: number;
  readonly credited: number;
  readonly idle: Readonly<Record<string, number>>;
  readonly refused: Readonly<Record<string, number>>;
  /** By kind of request and answer. */
  readonly http: Readonly<Record<string, number>>;
  readonly p99Ms: number;
  readonly stormP50Ms: number;
  readonly stormP99Ms: number;
  /** Connections that ended without being closed here. */
  readonly lost: number;
  /** Accounts whose balance is not what they were told. */
  readonly missing: number;
}

export interface OverloadLoad {
  ask(order: OverloadOrder): Promise<OverloadReport>;
  stop(): void;
}

export function startOverloadLoad(): OverloadLoad {
  const child = fork(join(import.meta.dirname, 'overload-process.ts'), {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, { readonly resolve: (report: OverloadReport) => void; readonly reject: (fault: Error) => void }>();
  let lastId = 0;
  child.on('message', (answer: { readonly id: number; readonly report?: OverloadReport; readonly sentence?: string }) => {
    const caller = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.report) caller?.resolve(answer.report);
    else caller?.reject(new Error(answer.sentence));
  });
  child.once('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`The load process ended with code ${code}.`));
  });
  return {
    ask: (order) =>
      new Promise((resolve, reject) => {
        const id = ++lastId;
        waiting.set(id, { resolve, reject });
        child.send({ id, order });
      }),
    stop: () => void child.kill('SIGKILL'),
  };
}
