// The gate of job specs: unknown JSON becomes a JobSpec, or one fault that names field, limit and remedy.
import * as v from 'valibot';
import { Fault } from './fault.ts';
import { ELEMENTS, type JobSpec, TIERS } from './job.ts';

/** Limits of a spec; each is tested on both sides. */
export const JOB_LIMITS = {
  titleCharacters: 120,
  descriptionCharacters: 2_000,
  wgslBytes: 262_144,
  stages: 16,
  rounds: 1_000,
  inputs: 16,
  outputs: 8,
  parameters: 64,
  parameterValues: 1_024,
  gridSide: 65_535,
  shards: 1_000_000,
  shardOutputBytes: 16 * 1024 * 1024,
  quorum: 5,
  copies: 7,
} as const;

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const name = v.pipe(v.string(), v.regex(NAME, 'must be a WGSL name of at most 64 letters, digits and underscores'));
const whole = (min: number, max: number) =>
  v.pipe(
    v.number(),
    v.safeInteger('must be a whole number'),
    v.minValue(min, `must be at least ${min}`),
    v.maxValue(max, `must be at most ${max}`),
  );
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in 64 lower-case hexadecimal digits'));
const micro = v.pipe(
  v.string(),
  v.regex(/^\d{1,18}$/, 'must be micro-credits as a decimal string of at most 18 digits'),
  v.transform((text: string) => BigInt(text)),
);
const record = <S extends v.GenericSchema>(value: S, max: number) =>
  v.pipe(
    v.record(name, value),
    v.check((entries) => Object.keys(entries).length <= max, `must have at most ${max} entries`),
  );

const slice = v.optional(v.strictObject({ bytesPerWorkgroup: whole(1, JOB_LIMITS.shardOutputBytes) }));
const input = v.union(
  [v.strictObject({ digest, slice }), v.strictObject({ stage: name, output: name, slice, round: v.optional(whole(0, JOB_LIMITS.rounds)) })],
  'must name a digest, or a stage and its output',
);

const share = v.pipe(v.number(), v.minValue(0, 'must be at least 0'), v.maxValue(1, 'must be at most 1'));
const positive = v.pipe(v.number(), v.finite(), v.minValue(0, 'must not be negative'));
const comparison = v.variant('kind', [
  v.strictObject({ kind: v.literal('exact') }),
  v.strictObject({ kind: v.literal('tolerance'), abs: positive, rel: positive, maxOutlierShare: share }),
  v.strictObject({ kind: v.literal('class') }),
  v.strictObject({ kind: v.literal('aggregate'), reduce: v.picklist(['median', 'mean', 'vote']) }),
]);
const output = v.strictObject({
  layout: v.variant('kind', [
    v.strictObject({
      kind: v.literal('byWorkgroup'),
      bytesPerWorkgroup: v.pipe(whole(4, JOB_LIMITS.shardOutputBytes), v.multipleOf(4, 'must be a multiple of 4')),
    }),
    v.strictObject({
      kind: v.literal('whole'),
      bytes: v.pipe(whole(4, JOB_LIMITS.shardOutputBytes), v.multipleOf(4, 'must be a multiple of 4')),
    }),
  ]),
  element: v.picklist(ELEMENTS),
  comparison,
});

const stage = v.strictObject({
  name,
  wgsl: v.pipe(
    v.string(),
    v.minLength(1, 'must not be empty'),
    v.maxBytes(JOB_LIMITS.wgslBytes, `must have at most ${JOB_LIMITS.wgslBytes} bytes`),
  ),
  entryPoint: v.optional(name),
  grid: v.strictTuple([whole(1, JOB_LIMITS.gridSide), whole(1, JOB_LIMITS.gridSide), whole(1, JOB_LIMITS.gridSide)]),
  workgroupsPerShard: whole(1, JOB_LIMITS.gridSide),
  parameters: record(v.union([v.number(), v.pipe(v.array(v.number()), v.maxLength(JOB_LIMITS.parameterValues))]), JOB_LIMITS.parameters),
  inputs: record(input, JOB_LIMITS.inputs),
  outputs: v.pipe(
    record(output, JOB_LIMITS.outputs),
    v.check((entries) => Object.keys(entries).length > 0, 'must name at least one output'),
  ),
});

const view = v.variant('kind', [
  v.strictObject({
    kind: v.literal('picture'),
    output: name,
    square: v.strictTuple([whole(1, 4_096), whole(1, 4_096)]),
    format: v.literal('rgba8'),
  }),
  v.strictObject({
    kind: v.literal('table'),
    output: name,
    columns: v.pipe(
      v.array(v.strictObject({ name: v.pipe(v.string(), v.maxLength(60)), type: v.picklist(['u32', 'i32', 'f32', 'u64']) })),
      v.minLength(1),
      v.maxLength(16),
    ),
  }),
  v.strictObject({ kind: v.literal('bytes'), output: name }),
]);

const jobSpec = v.strictObject({
  title: v.pipe(
    v.string(),
    v.trim(),
    v.minLength(1, 'must not be empty'),
    v.maxLength(JOB_LIMITS.titleCharacters, `must have at most ${JOB_LIMITS.titleCharacters} characters`),
  ),
  description: v.optional(
    v.pipe(v.string(), v.maxLength(JOB_LIMITS.descriptionCharacters, `must have at most ${JOB_LIMITS.descriptionCharacters} characters`)),
    '',
  ),
  template: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(60))), null),
  stages: v.pipe(
    v.array(stage),
    v.minLength(1, 'must have one stage'),
    v.maxLength(JOB_LIMITS.stages, `must have at most ${JOB_LIMITS.stages} stages`),
  ),
  rounds: v.optional(whole(1, JOB_LIMITS.rounds), 1),
  redundancy: v.optional(v.strictObject({ quorum: whole(1, JOB_LIMITS.quorum), maxCopies: whole(1, JOB_LIMITS.copies) }), {
    quorum: 2,
    maxCopies: 5,
  }),
  maxPrice: v.optional(v.nullable(micro), null),
  deadlineMs: v.optional(v.nullable(whole(0, Number.MAX_SAFE_INTEGER)), null),
  providers: v.optional(
    v.strictObject({
      price: v.optional(v.nullable(micro), null),
      speed: v.optional(v.nullable(positive), null),
      reliability: v.optional(v.nullable(share), null),
    }),
    { price: null, speed: null, reliability: null },
  ),
  visibility: v.optional(v.picklist(['public', 'private']), 'public'),
  tier: v.optional(v.picklist(TIERS), 'voted'),
  view,
});

/** Throws `bad-spec` (malformed) or `not-yet` (well formed, in the format, not built). */
export function parseJobSpec(value: unknown): JobSpec {
  const parsed = v.safeParse(jobSpec, value, { abortEarly: true });
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const field = v.getDotPath(issue) ?? 'the job';
    throw new Fault('bad-spec', `${field} ${issue.message.startsWith('must') ? issue.message : `is not right: ${issue.message}`}.`, {
      facts: { field },
    });
  }
  const spec = parsed.output as JobSpec;
  refuseNotYet(spec);
  checkConsistency(spec);
  return spec;
}

function refuseNotYet(spec: JobSpec): void {
  const refuse = (field: string, what: string, remedy: string): never => {
    throw new Fault('not-yet', `${what} is not built yet; ${remedy}.`, { facts: { field } });
  };
  if (spec.stages.length > 1) refuse('stages', 'More than one stage', 'send one stage a job');
  if (spec.rounds > 1) refuse('rounds', 'More than one round', 'leave rounds at 1');
  if (spec.visibility === 'private') refuse('visibility', 'Visibility "private"', 'use "public"');
  if (spec.tier !== 'voted') refuse('tier', `Tier "${spec.tier}"`, 'use "voted"');
  const { price, speed, reliability } = spec.providers;
  if (price !== null || speed !== null || reliability !== null)
    refuse('providers', 'The provider filter', 'leave price, speed and reliability null');
  for (const [name, input] of Object.entries(spec.stages[0]!.inputs)) {
    if ('stage' in input) refuse(`inputs.${name}`, `Input ${name} from an earlier stage`, 'give it a digest');
  }
  for (const [name, output] of Object.entries(spec.stages[0]!.outputs)) {
    const { kind } = output.comparison;
    if (kind === 'class' || kind === 'aggregate')
      refuse(`outputs.${name}`, `Comparison "${kind}" of output ${name}`, 'use "exact" or "tolerance"');
  }
}

function checkConsistency(spec: JobSpec): void {
  const refuse = (field: string, sentence: string): never => {
    throw new Fault('bad-spec', sentence, { facts: { field } });
  };
  const { quorum, maxCopies } = spec.redundancy;
  if (maxCopies < quorum) refuse('redundancy.maxCopies', `redundancy.maxCopies must be at least the quorum of ${quorum}.`);
  const stage = spec.stages[0]!;
  const workgroups = stage.grid[0] * stage.grid[1] * stage.grid[2];
  const shards = Math.ceil(workgroups / stage.workgroupsPerShard);
  if (shards > JOB_LIMITS.shards) {
    refuse('workgroupsPerShard', `The stage has ${shards} shards, the limit is ${JOB_LIMITS.shards}: put more workgroups into a shard.`);
  }
  for (const [name, output] of Object.entries(stage.outputs)) {
    const bytes = output.layout.kind === 'byWorkgroup' ? output.layout.bytesPerWorkgroup * stage.workgroupsPerShard : output.layout.bytes;
    if (bytes > JOB_LIMITS.shardOutputBytes) {
      refuse(
        `outputs.${name}`,
        `Output ${name} has ${bytes} bytes a shard, the limit is ${JOB_LIMITS.shardOutputBytes}: put fewer workgroups into a shard.`,
      );
    }
  }
  // an own one: every object has a `constructor`
  const shown = Object.hasOwn(stage.outputs, spec.view.output) ? stage.outputs[spec.view.output] : undefined;
  if (!shown) refuse('view.output', `view.output names ${spec.view.output}, which is no output of the stage.`);
  if (spec.view.kind === 'picture') {
    const bytes = spec.view.square[0] * spec.view.square[1] * 4;
    if (shown!.layout.kind !== 'byWorkgroup' || shown!.layout.bytesPerWorkgroup !== bytes) {
      refuse('view.square', `A picture's output must have ${bytes} bytes a workgroup, four for each pixel of its square.`);
    }
    if (stage.grid[2] !== 1) refuse('grid', 'A picture needs a grid whose third side is 1.');
  }
}
