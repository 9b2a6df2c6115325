// The desks of the network's and the operator's pages, kept in memory: the real rules of who may act, and a list of what was done.

import type { NetworkDesk } from '../../../../server/http/network-desk.ts';
import type { OperatorAct, OperatorDesk } from '../../../../server/http/operator-desk.ts';
import { judgeOperator, type OperatorProof } from '../../../../server/operator/judge-operator.ts';
import { parseReason } from '../../../../server/operator/parse-reason.ts';
import { spreadSamples } from '../../../../server/operator/spread-samples.ts';
import type { NetworkLive } from '../../../../src/protocol/api-network.ts';
import type { OperatorView } from '../../../../src/protocol/api-operator.ts';
import type { AccountId } from '../../../../src/protocol/ids.ts';

export const LIVE: NetworkLive = {
  now: {
    atMs: 1,
    contributors: 2,
    devices: { gpu: 1, cpu: 1 },
    transports: { rtc: 1, websocket: 1 },
    shardsPerMinute: 3,
    shardsFinal: 5,
    jobsRunning: 1,
    copiesOut: 2,
    resultsWaiting: 1,
    votes: { agreed: 9, outvoted: 1 },
    disputedShards: 0,
    coordinator: { name: 'test', build: '0.0.0', epoch: 1, status: 'ok', upMs: 1, others: 0, receiptKey: 'key' },
  },
  recent: [],
};

export interface MemoryDesks {
  readonly network: NetworkDesk;
  readonly operators: OperatorDesk;
  readonly done: readonly string[];
}

/** `readProof` says who a token's session is; nobody is an operator where `listed` is empty. */
export function createMemoryDesks(options: {
  readonly listed: readonly string[];
  readonly readProof: (tokenHash: string) => (OperatorProof & { readonly account: AccountId }) | null;
  readonly nowMs: () => number;
}): MemoryDesks {
  const { listed, readProof, nowMs } = options;
  const done: string[] = [];
  const perform =
    (what: string) =>
    async (...given: readonly [OperatorAct] | readonly [number, OperatorAct]): Promise<void> => {
      const act = given.at(-1) as OperatorAct;
      done.push([what, ...given.slice(0, -1), parseReason(act.reason)].join(' '));
    };
  return {
    done,
    network: {
      live: async () => LIVE,
      samples: async (hours) => spreadSamples([], hours, nowMs()),
      devices: async () => ({ devices: [], connected: 0 }),
      lookUp: async () => ({ finds: [] }),
    },
    operators: {
      isListed: (wallet) => wallet !== null && listed.includes(wallet.toLowerCase()),
      async judge(tokenHash) {
        const proof = tokenHash === null ? null : readProof(tokenHash);
        return { me: judgeOperator(listed, proof, nowMs()), account: proof?.account ?? null };
      },
      overview: async () => ({ atMs: nowMs() }) as OperatorView,
      devices: async () => ({ devices: [], next: null }),
      log: () => ({ lines: [], kept: 0 }),
      audit: async () => ({ lines: [], next: null }),
      ban: perform('ban'),
      unban: perform('unban'),
      cancelJob: perform('cancel'),
      drain: perform('drain'),
      undrain: perform('undrain'),
      injectLiar: perform('inject'),
      stopLiar: perform('stop'),
    },
  };
}
