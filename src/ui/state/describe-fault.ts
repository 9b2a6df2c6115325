// Turns whatever was thrown into a fault that a page can show: a code, one sentence, and the field it belongs to.
import { Fault, type FaultBody } from '../../protocol/fault.ts';

export function describeFault(error: unknown): FaultBody {
  if (error instanceof Fault) return error.body;
  if (error instanceof Error && error.name === 'AbortError') return { code: 'cancelled', sentence: 'This was stopped.' };
  const detail = error instanceof Error ? error.message : String(error);
  return { code: 'internal', sentence: `Something in this page went wrong: ${detail.slice(0, 300)}. Try again, or reload the page.` };
}
