// Are the stored bytes of every verified shard the right ones? Compares them with the same program run here.

import type { JobView } from '../../src/protocol/api.ts';
import { rangeOfShard } from '../../src/protocol/shard.ts';
import { collectResults } from '../../src/requester/collect-results.ts';
import type { Client } from '../../src/requester/create-client.ts';
import { readShards } from '../../src/requester/read-shards.ts';
import { measureDisagreement } from '../support/measure-disagreement.ts';
import { computeReference, type JobOrder, outputOf } from './job-orders.ts';
import type { Violation } from './judge-told.ts';
import { withPatience } from './read-found.ts';

export interface OutputJudge {
  judge(job: JobView, order: JobOrder): Promise<readonly Violation[]>;
  /** Final shards whose bytes were compared. */
  readonly compared: number;
}

export function createOutputJudge(client: Client): OutputJudge {
  const references = new Map<string, Promise<Uint8Array>>();
  let compared = 0;

  const referenceOf = (order: JobOrder): Promise<Uint8Array> => {
    const name = JSON.stringify(order);
    const known = references.get(name) ?? computeReference(order);
    references.set(name, known);
    return known;
  };
  const listFinal = async (job: JobView): Promise<readonly number[]> => {
    const final: number[] = [];
    for (let from = 0; from < job.shards; from += 256) {
      const { shards } = await withPatience(() => readShards(client, job.id, from, 256));
      final.push(...shards.filter(({ verdict }) => verdict === 'final').map(({ index }) => index));
    }
    return final;
  };
  return {
    get compared() {
      return compared;
    },
    async judge(job, order) {
      const output = job.spec.stages[0]?.outputs[outputOf(order)];
      if (output?.layout.kind !== 'byWorkgroup') throw new Error(`Job ${job.id} has another output than was asked for.`);
      const { bytesPerWorkgroup } = output.layout;
      const [expected, { bytes }] = await Promise.all([
        referenceOf(order),
        withPatience(() => collectResults(client, job, { output: outputOf(order) })),
      ]);
      return (await listFinal(job)).flatMap((index): readonly Violation[] => {
        const { base, count } = rangeOfShard(job.grid, job.workgroupsPerShard, index);
        const [from, to] = [base * bytesPerWorkgroup, (base + count) * bytesPerWorkgroup];
        compared++;
        const { outliers, elements, maxOutlierShare } = measureDisagreement(output, expected.slice(from, to), bytes.slice(from, to));
        if (outliers <= elements * maxOutlierShare) return [];
        const sentence = `Shard ${index} of job ${job.id} (${order.kind}) is final; ${outliers} of its ${elements} elements are not those of the reference.`;
        return [{ kind: 'wrong', sentence }];
      });
    },
  };
}
