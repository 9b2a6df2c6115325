// Makes a plan that breaks an invariant smaller, as long as it still breaks the same one: delta debugging over what is in it.
import type { Plan } from './plan.ts';
import type { InvariantName } from './violation.ts';

export interface ShrinkOptions {
  /** The invariant that a world of this plan breaks, or null. */
  readonly judge: (plan: Plan) => Promise<InvariantName | null>;
  readonly breaks: InvariantName;
  /** Worlds tried at most. */
  readonly maxRuns: number;
}

const LISTS = ['faults', 'contributors', 'jobs'] as const;

export async function shrinkPlan(
  whole: Plan,
  { judge, breaks, maxRuns }: ShrinkOptions,
): Promise<{ readonly plan: Plan; readonly runs: number }> {
  let plan = whole;
  let runs = 0;
  const tryPlan = async (smaller: Plan): Promise<boolean> => {
    if (runs >= maxRuns) return false;
    runs++;
    if ((await judge(smaller)) !== breaks) return false;
    plan = smaller;
    return true;
  };
  for (let hasChanged = true; hasChanged && runs < maxRuns; ) {
    hasChanged = false;
    for (const list of LISTS) if (await shrinkList(list)) hasChanged = true;
    if (await shrinkJobs()) hasChanged = true;
    if (await tryPlan({ ...plan, faultsEndMs: Math.floor(plan.faultsEndMs / 2) })) hasChanged = true;
  }
  return { plan, runs };

  /** Takes out halves, then quarters, down to single items. */
  async function shrinkList(list: (typeof LISTS)[number]): Promise<boolean> {
    let hasChanged = false;
    for (let size = Math.ceil(plan[list].length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let at = 0; at < plan[list].length; ) {
        const items: readonly unknown[] = plan[list];
        const left = [...items.slice(0, at), ...items.slice(at + size)];
        if (await tryPlan({ ...plan, [list]: left })) hasChanged = true;
        else at += size;
      }
    }
    return hasChanged;
  }

  async function shrinkJobs(): Promise<boolean> {
    let hasChanged = false;
    for (let at = 0; at < plan.jobs.length; at++) {
      for (let job = plan.jobs[at]!; job.shards > 1; ) {
        const smaller = { ...job, shards: Math.floor(job.shards / 2) };
        if (!(await tryPlan({ ...plan, jobs: plan.jobs.map((other, i) => (i === at ? smaller : other)) }))) break;
        job = smaller;
        hasChanged = true;
      }
    }
    return hasChanged;
  }
}
