// The templates as a requester picks them: what ships in shaders/, in the order it is offered.
import type * as shapes from '../../shaders/template.ts';
import { TEMPLATES } from '../../shaders/templates.ts';

export type Template = shapes.Template;
export type TemplateId = shapes.TemplateId;
export type TemplateControl = shapes.Control;
export type GridChoice = shapes.GridChoice;
export type ParameterValue = shapes.ParameterValue;

export function listTemplates(): readonly Template[] {
  return TEMPLATES;
}
