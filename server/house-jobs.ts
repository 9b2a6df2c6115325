// Work for contributors while nobody has submitted any: the house opens small real jobs, paid from the treasury up to a daily cap.
import { makeJobSpec } from '../shaders/make-job-spec.ts';
import type { Template } from '../shaders/template.ts';
import { Fault } from '../src/protocol/fault.ts';
import type { AccountId, JobId, MicroCredits } from '../src/protocol/ids.ts';
import type { JobSpec } from '../src/protocol/job.ts';
import type { JobPreparer } from './prepare-job.ts';

export interface HouseJobsOptions {
  readonly house: AccountId;
  readonly preparer: JobPreparer;
  readonly fractal: { readonly template: Template; readonly wgsl: string };
  readonly collatz: { readonly template: Template; readonly wgsl: string };
  /** Jobs that the house has opened before: the series goes on where it was. */
  readonly countHouseJobs: () => Promise<number>;
  /** Gives the house what the job costs; false when the day's cap is reached. */
  readonly fund: (amount: MicroCredits) => Promise<boolean>;
  readonly log: { info(facts: object, sentence: string): void; warn(facts: object, sentence: string): void };
}

/** Places worth looking at, zoomed into in turn. */
const PLACES = [
  { title: 'Seahorse valley', centre: [-0.7437, 0.13182], scale: 0.0024 },
  { title: 'Elephant valley', centre: [0.2925, 0.0149], scale: 0.012 },
  { title: 'A spiral on the antenna', centre: [-0.1592, 1.0317], scale: 0.006 },
  { title: 'A small copy of the whole', centre: [-1.7687, 0.0017], scale: 0.004 },
  { title: 'Triple spirals', centre: [-0.088, 0.654], scale: 0.01 },
  { title: 'Lightning', centre: [-1.315, 0.0736], scale: 0.004 },
] as const;
/** Every third job is an integer search, whose copies must be equal to the bit. */
const SEARCH_EVERY = 3;
/** Numbers that one house search covers: 2048 workgroups of 64 invocations of 64 numbers. */
const SEARCH_NUMBERS = 2_048 * 64 * 64;

/** Opens at most one job at a time; call it whenever contributors starve. */
export function createHouseJobs(options: HouseJobsOptions): () => Promise<JobId | null> {
  let opening: Promise<JobId | null> | null = null;
  return () => {
    opening ??= openNext(options).finally(() => {
      opening = null;
    });
    return opening;
  };
}

async function openNext(options: HouseJobsOptions): Promise<JobId | null> {
  try {
    const spec = specOf(options, await options.countHouseJobs());
    const quote = await options.preparer.quote(spec, options.house);
    if (!(await options.fund(BigInt(quote.total)))) {
      options.log.info({}, 'The treasury has given out what it may today; no house job is opened.');
      return null;
    }
    return await options.preparer.submit(quote.id, spec, options.house);
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    options.log.warn({ code: cause.code }, `No house job could be opened: ${cause.message}`);
    return null;
  }
}

function specOf(options: HouseJobsOptions, count: number): JobSpec {
  if (count % SEARCH_EVERY === SEARCH_EVERY - 1) {
    const first = 1 + Math.floor(count / SEARCH_EVERY) * SEARCH_NUMBERS;
    const { template, wgsl } = options.collatz;
    const parameters = { first: [first % 2 ** 32, Math.floor(first / 2 ** 32)], numbersPerInvocation: 64 };
    return makeJobSpec(template, { wgsl, inputs: {}, parameters, title: `Collatz records from ${first}` });
  }
  const place = PLACES[count % PLACES.length]!;
  // each round through the places looks a little closer, down to what 32-bit numbers can tell apart
  const round = Math.min(3, Math.floor(count / PLACES.length));
  const { template, wgsl } = options.fractal;
  const parameters = { centre: place.centre, scale: place.scale / 1.3 ** round, palette: count % 4 };
  return makeJobSpec(template, { wgsl, inputs: {}, parameters, title: `${place.title}, house picture ${count + 1}` });
}
