// Loads the WGSL of a template through the bundler, only when it is asked for; Node reads the file itself instead.
import type { TemplateId } from '../../shaders/template.ts';

export async function loadProgramText(template: TemplateId): Promise<string> {
  switch (template) {
    case 'fractal':
      return (await import('../../shaders/fractal/fractal.wgsl?raw')).default;
    case 'collatz':
      return (await import('../../shaders/collatz/collatz.wgsl?raw')).default;
    case 'bunny':
      return (await import('../../shaders/bunny/bunny.wgsl?raw')).default;
  }
}
