// Names people are shown by: a neutral one made from the account's number until they choose a pseudonym, and the rules of what may be chosen.
import { STANDING_LIMITS } from './api-standing.ts';
import { Fault } from './fault.ts';

const QUALITIES = [
  ...['Amber', 'Ashen', 'Azure', 'Bronze', 'Calm', 'Cedar', 'Clear', 'Clay', 'Cobalt', 'Copper', 'Coral', 'Crisp', 'Dawn', 'Deep', 'Dune'],
  ...[
    'Dusky',
    'Early',
    'Ember',
    'Even',
    'Fern',
    'Flint',
    'Frost',
    'Gentle',
    'Golden',
    'Granite',
    'Green',
    'Hazel',
    'Indigo',
    'Ivory',
    'Jade',
  ],
  ...['Keen', 'Late', 'Lilac', 'Linen', 'Lunar', 'Maple', 'Misty', 'Mossy', 'Northern', 'Ochre', 'Olive', 'Opal', 'Pale', 'Pearl', 'Pine'],
  ...['Plain', 'Quiet', 'Rain', 'Rose', 'Ruby', 'Sable', 'Sage', 'Sandy', 'Silver', 'Slate', 'Solar', 'Steady', 'Still', 'Tidal', 'Topaz'],
] as const;
const BIRDS = [
  ...[
    'Avocet',
    'Bittern',
    'Bunting',
    'Chough',
    'Cormorant',
    'Crane',
    'Crossbill',
    'Curlew',
    'Dipper',
    'Dunlin',
    'Egret',
    'Eider',
    'Falcon',
  ],
  ...[
    'Finch',
    'Fulmar',
    'Gannet',
    'Godwit',
    'Grebe',
    'Harrier',
    'Heron',
    'Hoopoe',
    'Ibis',
    'Jackdaw',
    'Jay',
    'Kestrel',
    'Kingfisher',
    'Kite',
  ],
  ...[
    'Lapwing',
    'Lark',
    'Linnet',
    'Magpie',
    'Martin',
    'Merlin',
    'Nuthatch',
    'Oriole',
    'Osprey',
    'Ouzel',
    'Owl',
    'Petrel',
    'Pipit',
    'Plover',
  ],
  ...[
    'Puffin',
    'Rail',
    'Raven',
    'Robin',
    'Rook',
    'Sandpiper',
    'Shrike',
    'Siskin',
    'Skua',
    'Snipe',
    'Starling',
    'Stork',
    'Swallow',
    'Swift',
  ],
  ...['Teal', 'Tern', 'Thrush', 'Wagtail', 'Warbler', 'Whimbrel', 'Wren'],
] as const;

/** Numbers that follow each other give words that do not. */
function scatter(id: number): number {
  let mixed = Math.imul(id >>> 0, 0x9e3779b1) ^ Math.floor(id / 2 ** 32);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}

/** "Amber Heron 1482": the account's own number ends it, so no two are the same. */
export function generateName(account: number): string {
  const mixed = scatter(account);
  return `${QUALITIES[mixed % QUALITIES.length]} ${BIRDS[Math.floor(mixed / QUALITIES.length) % BIRDS.length]} ${account}`;
}

const GENERATED = new RegExp(`^(?:${QUALITIES.join('|')})(?:${BIRDS.join('|')})\\d+$`, 'i');
/** Letters with their marks, digits, and what joins words. */
const ALLOWED = /^[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N} .'’_-]*$/u;
const SCRIPTS = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u] as const;
const RESERVED = new Set([
  'house',
  'treasury',
  'escrow',
  'site',
  'ostraka',
  'operator',
  'coordinator',
  'admin',
  'moderator',
  'support',
  'anonymous',
]);

/** What names are compared by: case, marks and what joins words do not tell them apart. */
export function keyOfName(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();
}

export interface CleanName {
  readonly name: string;
  readonly key: string;
}

/** Throws `bad-request` in one sentence. `what`: as the sentence begins, "The pseudonym". */
export function cleanName(text: string, what: string, letters: { readonly min: number; readonly max: number }): CleanName {
  const refuse = (why: string): never => {
    throw new Fault('bad-request', `${what} ${why}.`, { facts: { field: 'name' } });
  };
  // a text this long is not looked at by patterns
  if (text.length > letters.max * 8) refuse(`may have at most ${letters.max} letters`);
  const name = text.normalize('NFKC').trim().replace(/\s+/gu, ' ');
  const count = [...name].length;
  if (count < letters.min) refuse(`needs at least ${letters.min} letters`);
  if (count > letters.max) refuse(`may have at most ${letters.max} letters`);
  if (!ALLOWED.test(name)) refuse("may hold letters, digits, spaces and . ' _ - only, and begins with a letter or digit");
  const key = keyOfName(name);
  if (!/\p{L}/u.test(key)) refuse('needs a letter');
  if (/\p{M}{3}/u.test(name.normalize('NFD'))) refuse('has too many marks on one letter');
  if (SCRIPTS.filter((script) => script.test(name)).length > 1) refuse('mixes alphabets whose letters look alike; use one');
  if (RESERVED.has(key) || GENERATED.test(key) || /^0x[0-9a-f]{6}/.test(key)) refuse('is kept for others; choose another');
  return { name, key };
}

export const cleanPseudonym = (text: string): CleanName => cleanName(text, 'The pseudonym', STANDING_LIMITS.pseudonymLetters);
export const cleanTeamName = (text: string): CleanName => cleanName(text, 'The team’s name', STANDING_LIMITS.teamNameLetters);
