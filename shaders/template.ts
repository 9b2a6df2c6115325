// What a job.json in this folder holds: a job spec with holes (the WGSL text, the prepared inputs) and the controls that fill its parameters.
import type { OutputSpec, Redundancy, Size3, View } from '../src/protocol/job.ts';

export const TEMPLATE_IDS = ['fractal', 'collatz', 'bunny'] as const;
export type TemplateId = (typeof TEMPLATE_IDS)[number];

export type ParameterValue = number | readonly number[];

/** How one parameter is asked for. `min`, `max` and `step` bound each part of it. */
export interface Control {
  /** A member of the program's Parameters. */
  readonly parameter: string;
  readonly label: string;
  readonly help?: string;
  /** `uint64`: two words, low first. `colour`: red, green and blue, linear, 0 to 1. `choice`: one of `options`, counted from 0. */
  readonly kind: 'integer' | 'number' | 'vector' | 'uint64' | 'colour' | 'choice';
  readonly unit?: string;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  readonly options?: readonly string[];
  /** Better on a logarithmic slider. */
  readonly isLogarithmic?: boolean;
}

/** A grid to choose, with its name. */
export interface GridChoice {
  readonly label: string;
  readonly grid: Size3;
}

export interface TemplateStage {
  readonly name: string;
  /** The program's file in the template's folder. */
  readonly wgslFile: string;
  readonly grid: Size3;
  readonly workgroupsPerShard: number;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** Names of the inputs that prepare-inputs.ts makes. */
  readonly preparedInputs: readonly string[];
  readonly outputs: Readonly<Record<string, OutputSpec>>;
}

export interface Template {
  readonly id: TemplateId;
  readonly title: string;
  readonly description: string;
  readonly stages: readonly [TemplateStage];
  /** What the outputs' tolerances were measured on. */
  readonly measured: string;
  readonly redundancy: Redundancy;
  readonly view: View;
  readonly grids: readonly GridChoice[];
  readonly controls: readonly Control[];
}
