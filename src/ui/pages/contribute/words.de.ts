// What the page Contribute says, in German.
import type { PresetName } from '../../../contributor/presets.ts';
import type { Translation } from '../../state/words.ts';
import type { ContributePageWords } from './words.ts';

const PRESETS: Readonly<Record<PresetName, string>> = { quiet: 'Leise', balanced: 'Ausgewogen', full: 'Voll' };

export const GERMAN: Translation<ContributePageWords> = {
  title: 'Beitragen',
  description: 'Leih diesen Browser einer Frage: ein Klick, kein Konto, geprüfte Antworten und Credits für geprüfte Arbeit.',
  headline: 'Leih diesen Browser einer Frage',
  lead: 'Er berechnet kleine Shards der Aufträge anderer. Jede Antwort wird mit anderen Geräten verglichen, und geprüfte Arbeit bringt Credits.',
  controls: 'Steuerung',
  stage: 'Was berechnet wird',
  settings: 'Einstellungen dieses Geräts',
  promises: {
    checked: 'Führt nur vorher geprüfte Programme aus, im Schutzraum des Browsers.',
    quiet: 'Beginnt leise, mit einem Fünftel der GPU und einem Viertel der CPU, und braucht nie mehr, als du erlaubst.',
    stop: 'Hört sofort auf, wenn du es sagst. Ohne Anmeldung und ohne Wallet.',
  },
  switch: { start: 'Beitragen', startUnder: 'mit diesem Gerät', stop: 'Anhalten', stopUnder: 'das Gerät ruhen lassen' },
  why: {
    useThisTab: 'Diesen Tab nehmen',
    resume: 'Fortsetzen',
    anyway: 'Trotzdem rechnen',
    goOn: 'Doch weitermachen',
    unsent: (count) =>
      count === 1 ? 'Ein Ergebnis wartet darauf, gesendet zu werden.' : `${count} Ergebnisse warten darauf, gesendet zu werden.`,
  },
  picture: {
    label: (title, final, all, mine) => `Mosaik von ${title}: ${final} von ${all} Shards geprüft, ${mine} hier berechnet.`,
    progress: (title) => `Fortschritt von ${title}`,
    here: 'Hier berechnet:',
    now: 'Wird gerade berechnet:',
    before: 'Von diesem Netz berechnet:',
    for: (name) => `für ${name}`,
    count: (final, all, percent) => `${final} von ${all} Shards · ${percent}`,
    mine: (count) => `${count} von dir`,
    loading: 'Das Bild wird geladen',
    failed: 'Die Aufträge sind gerade nicht zu sehen.',
    retry: 'Noch einmal',
    none: 'Noch hat niemand etwas angefragt. Drück auf Beitragen, und dieses Gerät wartet auf den ersten Auftrag, oder bring selbst einen mit.',
    newJob: 'Neuer Auftrag',
  },
  power: {
    title: 'Leistung',
    presets: 'Wie viel von diesem Gerät',
    preset: (name) => PRESETS[name],
    details: 'GPU und CPU einzeln',
    loading: 'Die Leistung wird geladen',
    rules: 'Regeln: wann es ruht',
    noRules: 'keine ist an',
    rulesOn: (count) => (count === 1 ? 'eine ist an' : `${count} sind an`),
    loadingRules: 'Die Regeln werden geladen',
  },
  moreSettings: 'Alle Einstellungen',
};
