// Starts the load process and turns its messages into calls.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { JobId } from '../../src/protocol/ids.ts';
import { START_FLAGS } from '../support/start-flags.ts';
import type { ConnectOrder, ConnectReport, CreditReport, LoadAnswer, LoadOrder, LookReport } from './load-orders.ts';
import type { Teardown } from './teardown.ts';

export interface Load {
  readonly pid: number;
  connect(order: ConnectOrder): Promise<ConnectReport>;
  awaitCredits(job: JobId, copies: number): Promise<CreditReport>;
  look(): Promise<LookReport>;
  stop(): Promise<void>;
}

type Asked = LoadOrder extends infer Order ? (Order extends LoadOrder ? Omit<Order, 'id'> : never) : never;

export function startLoad(teardown: Teardown): Load {
  const child = fork(join(import.meta.dirname, 'load-process.ts'), {
    execArgv: [...START_FLAGS],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, { readonly resolve: (report: unknown) => void; readonly reject: (fault: Error) => void }>();
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let lastId = 0;
  child.on('message', (answer: LoadAnswer) => {
    const caller = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.ok) caller?.resolve(answer.report);
    else caller?.reject(new Error(answer.sentence));
  });
  child.once('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`The load process ended with code ${code}.`));
  });
  const ask = <Report>(order: Asked): Promise<Report> =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      waiting.set(id, { resolve: resolve as (report: unknown) => void, reject });
      // without the callback a process that is gone would throw where nobody listens
      child.send({ ...order, id }, (fault) => fault && reject(fault));
    });
  const stop = teardown.add(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
  });
  return {
    pid: child.pid ?? 0,
    connect: (order) => ask<ConnectReport>({ type: 'connect', order }),
    awaitCredits: (job, copies) => ask<CreditReport>({ type: 'await-credits', job, copies }),
    look: () => ask<LookReport>({ type: 'look' }),
    async stop() {
      await ask({ type: 'close' }).catch(() => undefined);
      await stop();
    },
  };
}
