// What the history, the team and the rejected results say, in German.
import type { RejectionReason } from '../../../protocol/api-standing.ts';
import type { Translation } from '../../state/words.ts';
import type { HistoryWords } from './history-words.ts';

const REASONS: Readonly<Record<RejectionReason, string>> = {
  outvoted: 'Andere Geräte waren sich über ein anderes Ergebnis einig.',
  withheld: 'Seine Bytes kamen nicht, als danach gefragt wurde.',
  failed: 'Er ließ sich auf zu wenigen Geräten berechnen.',
};

export const GERMAN: Translation<HistoryWords> = {
  history: {
    title: 'Bisher',
    loading: 'Der Verlauf wird geladen',
    days: '30 Tage',
    hours: '48 Stunden',
    span: 'Zeitraum',
    chart: 'Geprüfte Shards',
    shards: 'Geprüfte Shards',
    totalShards: 'Insgesamt geprüft',
    totalCredit: 'Insgesamt gutgeschrieben',
    work: 'Arbeit',
    gpuAndCpu: 'Mit GPU · CPU · Telefon',
    streak: (days) => (days === 1 ? 'ein Tag in Folge' : `${days} Tage in Folge`),
    noStreak: 'Noch keine Serie: Ein geprüfter Shard am Tag macht eine.',
    best: (days) => `Rekord ${days}`,
    today: 'Heute zählt schon.',
    notToday: 'Ein geprüfter Shard heute erhält sie.',
    empty: 'Noch nichts geprüft. Mit dem ersten geprüften Shard beginnt dein Verlauf.',
    energy: (wattHours, cost) => `≈ ${wattHours} Wh in 31 Tagen hier, etwa ${cost} zu deinem Preis: geschätzt.`,
  },
  team: {
    title: 'Team',
    none: 'Bisher allein. Ein Team zählt zusammen, was seine Mitglieder berechnen.',
    find: 'Team finden oder gründen',
    members: (count) => (count === 1 ? 'ein Mitglied' : `${count} Mitglieder`),
    open: 'Zur Rangliste',
  },
  rejections: {
    title: 'Abgelehnte Ergebnisse',
    none: 'Keine in den letzten 90 Tagen.',
    loading: 'Die abgelehnten Ergebnisse werden geladen',
    shard: (index) => `Shard ${index} von`,
    reason: (reason) => REASONS[reason],
    first: (byte, output) => `Erster Unterschied bei Byte ${byte} von ${output}:`,
    here: 'hier',
    agreed: 'vereinbart',
    element: (index, mine, accepted) => `Element ${index}: ${mine} hier, ${accepted} vereinbart`,
    digests: (mine, accepted) => `Prüfsumme ${mine} hier, ${accepted} vereinbart`,
    evidence: 'Belege',
    older: 'Ältere',
  },
};
