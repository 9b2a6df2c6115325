// The gate of what a page can be told from outside: every URL flag and every build setting, described in one record.

export const URL_FLAGS = {
  'service-worker': {
    values: ['on', 'off'],
    fallback: 'on',
    meaning: 'off: this visit keeps no offline copy of the app and hears of no new version.',
  },
  gpu: {
    values: ['hardware', 'software'],
    fallback: 'hardware',
    meaning: 'software: use a software GPU adapter too, which is slower than the CPU engine; for tests and demonstrations.',
  },
} as const satisfies Readonly<Record<string, UrlFlag>>;

export const BUILD_SETTINGS = {
  VITE_BUILD: 'The version that the app says it is; the coordinator may ask for a newer one.',
} as const;

interface UrlFlag {
  readonly values: readonly string[];
  readonly fallback: string;
  readonly meaning: string;
}

type FlagName = keyof typeof URL_FLAGS;

export type Options = { readonly [Name in FlagName]: (typeof URL_FLAGS)[Name]['values'][number] } & { readonly build: string };

/** What is not a flag of ours, or not one of its values, changes nothing: a link from elsewhere must not break the page. */
export function parseOptions(search: string, build: string | undefined): Options {
  const given = new URLSearchParams(search);
  const flags = Object.entries(URL_FLAGS).map(([name, { values, fallback }]) => {
    const value = given.get(name);
    return [name, values.find((each) => each === value) ?? fallback] as const;
  });
  return { ...(Object.fromEntries(flags) as unknown as Pick<Options, FlagName>), build: build ?? 'development' };
}
