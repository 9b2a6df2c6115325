// An honest contributor on another kind of device: it runs the program as a contracting GPU may, fused, reordered or one step off.
import type { TemplateId } from '../../shaders/template.ts';
import { compile } from '../../src/compiler/compile.ts';
import type { EngineProgram } from '../../src/contributor/engine-api.ts';
import type { EnginePool } from '../../src/contributor/engine-pool.ts';
import { type Perturbation, perturbProgram } from './perturb-program.ts';

export function createPerturbedPool(pool: EnginePool, template: TemplateId, perturbation: Perturbation): EnginePool {
  const programs = new Map<string, EngineProgram>();
  const perturb = (program: EngineProgram): EngineProgram => {
    const known = programs.get(program.key);
    if (known) return known;
    const wgsl = perturbProgram(template, program.source.wgsl, perturbation);
    const perturbed = { ...program, source: { ...program.source, wgsl, module: compile(wgsl, {}).module } };
    programs.set(program.key, perturbed);
    return perturbed;
  };
  const run = pool.run.bind(pool);
  pool.run = (request) => run({ ...request, program: perturb(request.program) });
  return pool;
}
