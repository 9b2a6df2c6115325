// The templates that ship with the product, in the order they are offered.
import bunny from './bunny/job.json' with { type: 'json' };
import collatz from './collatz/job.json' with { type: 'json' };
import fractal from './fractal/job.json' with { type: 'json' };
import type { Template } from './template.ts';

/** JSON knows no literal types; tests/unit/shaders checks every member. */
export const TEMPLATES: readonly Template[] = [bunny, fractal, collatz] as unknown as readonly Template[];
