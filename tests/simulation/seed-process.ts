// A process that runs the seeds it is sent, one after another, and answers with what became of each: simulate.ts starts one a core.
import { explainViolation } from './explain-violation.ts';
import { makePlan } from './make-plan.ts';
import { runWorld } from './world.ts';

export interface SeedOrder {
  readonly seed: number;
  readonly minutes: number | null;
}

export interface SeedAnswer {
  readonly seed: number;
  readonly invariant: string | null;
  readonly explanation: string | null;
  readonly finals: number;
  readonly ranMs: number;
  readonly jobs: Readonly<Record<string, number>>;
}

process.on('message', (order: SeedOrder) => void answer(order));

async function answer({ seed, minutes }: SeedOrder): Promise<void> {
  const plan = makePlan(seed, minutes === null ? {} : { minutes });
  const { violation, finals, ranMs, jobs } = await runWorld(plan);
  const explanation = violation ? await explainViolation(plan, violation) : null;
  const answered: SeedAnswer = { seed, invariant: violation?.invariant ?? null, explanation, finals, ranMs, jobs };
  process.send?.(answered);
}
