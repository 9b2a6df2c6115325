// What to say about a seed that broke an invariant: its name, the smallest plan that still breaks it, and what happened last in that world.
import { describeFault } from './apply-fault.ts';
import type { Plan } from './plan.ts';
import type { Seams } from './seams.ts';
import { shrinkPlan } from './shrink-plan.ts';
import { INVARIANTS, type Violation } from './violation.ts';
import { runWorld } from './world.ts';

const MAX_RUNS = 150;
const LAST_LINES = 60;

export async function explainViolation(plan: Plan, violation: Violation, makeSeams: () => Seams = () => ({})): Promise<string> {
  const { invariant } = violation;
  const judge = async (smaller: Plan) => (await runWorld(smaller, { seams: makeSeams() })).violation?.invariant ?? null;
  const shrunk = await shrinkPlan(plan, { judge, breaks: invariant, maxRuns: MAX_RUNS });
  const small = shrunk.plan;
  const { violation: last, lines } = await runWorld(small, { seams: makeSeams(), isTraced: true });
  const left = (name: string, now: readonly unknown[], before: readonly unknown[]): string => `${now.length} of ${before.length} ${name}`;
  return [
    `Seed ${plan.seed} breaks \`${invariant}\`: ${INVARIANTS[invariant]}`,
    violation.message,
    `Again: npm run simulate -- --seed ${plan.seed} --trace`,
    `Smallest world that still breaks it (${shrunk.runs} tried): ${[
      left('contributors', small.contributors, plan.contributors),
      left('jobs', small.jobs, plan.jobs),
      left('faults', small.faults, plan.faults),
    ].join(', ')}, ${small.faultsEndMs / 1_000} s of faults.`,
    ...small.contributors.map(
      (one) => `  device ${one.id}: ${one.character}, ${one.engine}, account ${one.account}, ${one.kind}, range ${one.range}`,
    ),
    ...small.jobs.map(
      (job) =>
        `  request ${job.id}: ${job.shards} shards, quorum ${job.quorum} of at most ${job.maxCopies}${job.isTolerant ? ', tolerant' : ''}`,
    ),
    ...small.faults.map((fault) => `  fault #${fault.id} at ${(fault.atMs / 1_000).toFixed(3)} s: ${describeFault(fault)}`),
    `Its last events, in seconds:`,
    ...lines.slice(-LAST_LINES),
    last ? `${last.invariant}: ${last.message}` : 'The smallest world did not break it again: something in it is not of the seed.',
  ].join('\n');
}
