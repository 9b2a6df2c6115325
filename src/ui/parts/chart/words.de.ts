// Was Diagramme neben ihren Zahlen sagen.
import type { Translation } from '../../state/words.ts';
import type { ChartWords } from './words.ts';

export const GERMAN: Translation<ChartWords> = {
  asTable: 'Als Tabelle zeigen',
  when: 'Wann',
  empty: 'Für diese Zeit ist noch nichts aufgezeichnet.',
  summary: (label, least, most, last) => `${label}: zwischen ${least} und ${most}, zuletzt ${last}.`,
};
