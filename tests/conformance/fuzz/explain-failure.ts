/** Shrinks a failing shader and tells what failed, with the seed that makes it again. */
import { type Judges, judge, type Verdict } from './judge.ts';
import { shrinkProgram } from './shrink.ts';
import { type Program, printProgram } from './tree.ts';

function likeness({ kind, variant, message }: Verdict): string {
  // Differences differ from candidate to candidate; refusals are told apart by their words.
  return `${kind} ${variant} ${kind === 'different' || kind === 'elsewhere' ? '' : message.replace(/"[^"]*"|\d+/g, '')}`;
}

function countBarriers(wgsl: string): number {
  return wgsl.split('Barrier();').length;
}

/** Without a barrier, or with several writers, invocations would race, and any result would be right. */
function isFreeOfRaces(wgsl: string, barriers: number): boolean {
  const body = wgsl.replace(/^var<workgroup>.*$/gm, '').replace(/^fn exchange.*$/gm, '');
  if (/wflag = /.test(body) && !/if \(lix == \d+u\) \{\s*wflag = /.test(body)) return false;
  return countBarriers(wgsl) === barriers || !/\b(wga\d|wcount|wflag|exchange)\b/.test(body);
}

export async function shrinkFailure(program: Program, verdict: Verdict, judges: Judges, tries?: number): Promise<Program> {
  const wanted = likeness(verdict);
  const barriers = countBarriers(printProgram(program));
  const isWork = verdict.message.startsWith('work');
  const only =
    verdict.kind === 'elsewhere' || verdict.kind === 'lost' ? ['plain'] : isWork ? ['metered', 'metered, plain'] : [verdict.variant];
  // Where our builds differ, or one refuses, no other judge is needed for each of a thousand candidates.
  const needed: Judges =
    verdict.kind === 'elsewhere' || verdict.kind === 'lost' || verdict.kind === 'generator' ? judges : { tint: null, swiftShader: null };
  const stillFails = async (candidate: Program): Promise<boolean> => {
    if (!isFreeOfRaces(printProgram(candidate), barriers)) return false;
    const again = await judge(candidate, needed, only);
    return again !== null && likeness(again) === wanted;
  };
  return await shrinkProgram(program, stillFails, tries);
}

export function describeFailure(seed: number, verdict: Verdict, small: Program): string {
  const { kind, variant, message } = verdict;
  const facts = `workgroups ${small.groups.join(' ')}${small.isWild ? `, wild, ${small.dataWords} words of data` : ''}, overrides ${JSON.stringify(small.overrides)}`;
  return [`seed ${seed}: ${kind}${variant === '' ? '' : ` (${variant})`}: ${message}`, `// ${facts}`, printProgram(small)].join('\n');
}
