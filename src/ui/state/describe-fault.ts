// Turns whatever was thrown into a fault that a page can show: a code, one sentence, and the field it belongs to.
import { Fault, type FaultBody } from '../../protocol/fault.ts';
import { uiWords } from '../words.ts';

export function describeFault(error: unknown): FaultBody {
  if (error instanceof Fault) return error.body;
  const { format } = uiWords();
  if (error instanceof Error && error.name === 'AbortError') return { code: 'cancelled', sentence: format.stopped };
  const detail = error instanceof Error ? error.message : String(error);
  return { code: 'internal', sentence: format.wrong(detail.slice(0, 300)) };
}
