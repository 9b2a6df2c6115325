// Runs one seed: null when every invariant held, else what to say about it.
import { explainViolation } from './explain-violation.ts';
import { makePlan } from './make-plan.ts';
import { runWorld } from './world.ts';

export async function explainSeed(seed: number): Promise<string | null> {
  const plan = makePlan(seed);
  const { violation } = await runWorld(plan);
  return violation && explainViolation(plan, violation);
}
