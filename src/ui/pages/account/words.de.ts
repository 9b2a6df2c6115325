// What the page Account says, in German.
import type { AccountWords } from './words.ts';

export const GERMAN: AccountWords = {
  title: 'Konto',
  description: 'Der Schlüssel, mit dem dieser Browser unterschreibt, jede Zeile seines Kontobuchs, und der Weg zu deinem Wallet.',
  lead: 'Ein Konto ist ein Schlüssel, der unterschreibt. Dieser Browser macht sich selbst einen; ein Wallet brauchst du zum Anfangen nie.',
  loading: 'Das Konto wird geladen',
  keyIsSafe: 'Dein Schlüssel bleibt in diesem Browser.',
  guest: {
    title: 'Als Gast beginnen',
    text: 'Ein Klick macht einen Schlüssel, der in diesem Browser lebt. Mitrechnen macht dasselbe von allein. Was der Schlüssel verdient, bleibt bei ihm; wer die Daten dieser Website löscht, löscht ihn.',
    action: 'Gastschlüssel machen',
    busy: 'Der Schlüssel wird gemacht …',
  },
  wallet: {
    title: 'Ich habe ein Wallet',
    text: 'Melde dich damit an. Das kostet nichts und bewegt nichts.',
    signInWith: (name) => `Mit ${name} anmelden`,
    attach: (name) => `${name} verbinden`,
    none: 'In diesem Browser hat sich kein Wallet gemeldet. Installiere eines, oder mach als Gast weiter: Alles geht, und ein Wallet lässt sich später verbinden.',
    waiting: (name) => `${name} wird gefragt: Sieh nach seinem Fenster.`,
    signedIn: (name) => `Angemeldet mit ${name}.`,
  },
  balance: {
    label: 'Guthaben',
    sentence: (earned, granted) =>
      `Credits: ${earned} verdient und ${granted} geschenkt, die sich für Aufträge ausgeben, aber nicht auszahlen lassen`,
  },
  key: {
    kinds: { wallet: 'Wallet', guest: 'Gastschlüssel', other: 'Schlüssel' },
    verified: 'Geprüfte Shards',
    device: 'Dieses Gerät',
    cap: 'Ein Gast darf haben',
    about: 'Er lebt in diesem Browser. Wer die Daten dieser Website löscht, löscht ihn, und damit den Weg zu dem, was er verdient hat.',
    backUp: 'Verschlüsselte Sicherung in den Einstellungen',
  },
  attach: {
    title: 'Ein Wallet verbinden',
    text: 'Das ganze Guthaben dieses Schlüssels geht an das Wallet, ein einziges Mal. Das Wallet unterschreibt eine lesbare Nachricht; an keine Blockchain wird etwas gesendet.',
  },
  signOut: {
    here: 'Abmelden',
    everywhere: 'Überall abmelden',
    done: 'Abgemeldet.',
    doneGuest: 'Abgemeldet. Der Gastschlüssel ist noch hier und meldet dich wieder an.',
  },
  ledger: {
    title: 'Kontobuch',
    lines: 'Zeilen des Kontobuchs',
    loading: 'Das Kontobuch wird geladen',
    none: 'Noch keine Zeile. Der erste geprüfte Shard schreibt eine.',
    older: 'Ältere Zeilen',
    when: 'Wann',
    what: 'Was',
    credits: 'Credits',
    balance: 'Guthaben',
    granted: 'geschenkt',
    job: (id) => `Auftrag ${id}`,
    shardsOf: (count) => (count === 1 ? 'ein Shard von ' : `${count} Shards von `),
    reasons: {
      grant: 'Startguthaben',
      hold: 'Hinterlegt für einen Auftrag',
      pay: 'Geprüfte Arbeit',
      refund: 'Zurückgegeben',
      attach: 'Zu einem Wallet gewechselt',
      cap: 'Über dem, was ein Gast haben darf',
      share: 'Anteil der Website an der Arbeit Besuchender',
      release: 'Frei, seit die Domain der Website belegt ist',
    },
  },
};
