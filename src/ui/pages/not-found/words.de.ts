// What an address that leads nowhere says, in German.
import type { NotFoundWords } from './words.ts';

export const GERMAN: NotFoundWords = {
  title: 'Nicht gefunden',
  headline: 'Diese Scherbe passt nirgends',
  sentence: 'Unter dieser Adresse gibt es keine Seite. Vielleicht ist sie vertippt, oder sie nennt einen Auftrag nicht mit seiner Nummer.',
  action: 'Zu „Mitrechnen“',
};
