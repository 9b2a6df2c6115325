// Words in the reader's language: a room keeps its English beside its components, and its German in a chunk that only Germans fetch.
import { type Accessor, createResource, createSignal } from 'solid-js';
import { type Language, language } from './language.ts';

/** The same words in another language: a table that misses one, or whose sentence takes other facts, does not compile. */
export type Translation<Words> = {
  readonly [Name in keyof Words]: Words[Name] extends (...facts: infer Facts) => string
    ? (...facts: Facts) => string
    : Words[Name] extends string
      ? string
      : Translation<Words[Name]>;
};

/** What a room's words.ts exports. */
export interface WordTable<Words> {
  readonly english: Words;
  /** `() => import('./words.de.ts').then(({ GERMAN }) => GERMAN)` */
  readonly loadGerman: () => Promise<Translation<Words>>;
}

const loaded = new WeakMap<object, unknown>();
/** Changes with each table that arrives. */
const [arrivals, setArrivals] = createSignal(0);

/** Fetches a table before it is needed, so that nothing is first drawn in the other language. */
export async function preloadWords<Words extends object>(table: WordTable<Words>, wanted: Language): Promise<Translation<Words>> {
  if (wanted === 'en') return table.english as Translation<Words>;
  const known = loaded.get(table) as Translation<Words> | undefined;
  if (known) return known;
  const german = await table.loadGerman();
  loaded.set(table, german);
  setArrivals((count) => count + 1);
  return german;
}

/** Reactive, anywhere, and never waits: English until German has come. For the words of the shell, the parts and the formats. */
export function readWords<Words extends object>(table: WordTable<Words>): Translation<Words> {
  if (language() === 'en') return table.english as Translation<Words>;
  arrivals();
  const known = loaded.get(table) as Translation<Words> | undefined;
  if (known) return known;
  preloadWords(table, 'de').catch(() => undefined);
  return table.english as Translation<Words>;
}

/** Reactive. Inside a page the page waits for its words (Suspense); what is preloaded is there at once. */
export function useWords<Words extends object>(table: WordTable<Words>): Accessor<Translation<Words>> {
  const [german] = createResource(
    () => (language() === 'de' && !loaded.has(table) ? table : null),
    (wanted) => preloadWords(wanted, 'de'),
  );
  return () => {
    if (language() === 'en') return table.english as Translation<Words>;
    const known = loaded.get(table) as Translation<Words> | undefined;
    // Without its words (the network is away) a page speaks English rather than nothing.
    return known ?? (german.error ? undefined : german()) ?? (table.english as Translation<Words>);
  };
}
