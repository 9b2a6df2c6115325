// What the page Jobs says, in German.
import type { JobsWords } from './words.ts';

export const GERMAN: JobsWords = {
  title: 'Aufträge',
  description: 'Alle Aufträge dieses Netzwerks, die neuesten zuerst: Bilder und Tabellen, die sich Shard für Shard füllen.',
  lead: 'Fragen, die jemand mitgebracht hat, in Shards zerlegt und beantwortet von allen, die ein Gerät leihen.',
  newJob: 'Neuer Auftrag',
  which: 'Welche Aufträge',
  filters: { all: 'Alle', running: 'Laufende', mine: 'Meine' },
  older: 'Ältere Aufträge zeigen',
  loading: 'Die Aufträge werden geladen',
  stale: (moment) => `Die Liste ist von ${moment}; sie geht weiter, wenn der Koordinator antwortet.`,
  none: {
    title: 'Noch kein Auftrag',
    sentence:
      'Der erste dauert eine Minute: Wähle eine Vorlage, probiere sie auf deinem Gerät aus, gib sie in Auftrag und sieh zu, wie andere sie füllen.',
    action: 'Mit dem Hasen beginnen',
  },
  noneMine: {
    title: 'Keiner davon ist von dir',
    sentence: 'Hier stehen Aufträge, die du aus diesem Browser oder mit deinem Wallet erteilst.',
  },
  noneRunning: {
    title: 'Gerade läuft nichts',
    sentence: 'Jeder erteilte Auftrag ist zu Ende. Die Beitragenden warten auf den nächsten.',
  },
  showAll: 'Alle Aufträge zeigen',
  card: {
    by: (name) => `von ${name}`,
    progressOf: (title) => `Fortschritt von ${title}`,
    mosaicOf: (title) => `Mosaik von ${title}.`,
    shards: (done, all) => `${done} / ${all} Shards`,
    aCopy: (amount) => `${amount} je Kopie`,
    givenUp: (count) => `${count} aufgegeben`,
  },
};
