// Renders tests/golden/bunny-384.png anew, on WebGPU in one Chromium and nothing of the network: run it when the bunny's program changes.
import { join } from 'node:path';
import { TEMPLATES } from '../../shaders/templates.ts';
import { assemblePicture, createPicture } from '../../src/requester/assemble-picture.ts';
import type { OpenReply, RunReply } from '../browser/engine-calls.ts';
import { makeTemplateRun } from './make-template-run.ts';
import { openEnginePage } from './open-engine-page.ts';
import { writePng } from './read-png.ts';

const template = TEMPLATES.find(({ id }) => id === 'bunny');
if (template?.view.kind !== 'picture') throw new Error('The bunny is no picture.');
const { grid } = template.stages[0];
const run = await makeTemplateRun(template);
const page = await openEnginePage();
const { label } = await page.call<OpenReply>({ kind: 'open' });
const { outputs } = await page.call<RunReply>({ kind: 'run-slices', run: { ...run, slices: [48] } });
await page.close();
const picture = createPicture(template.view, grid);
assemblePicture(template.view, grid, grid[0] * grid[1], 0, outputs[0]!, picture);
await writePng(join(import.meta.dirname, '../golden/bunny-384.png'), picture);
console.log(`Rendered on ${label}.`);
