// The image can be built and run: what the build reads is let in, what is set is a setting, what is opened is what is listened on.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseConfig, SETTINGS } from '../../server/config.ts';
import { Fault } from '../../src/protocol/fault.ts';
import { TOP } from '../support/generated-tables.ts';

const read = (file: string): string => readFileSync(join(TOP, file), 'utf8');
const dockerfile = read('Dockerfile');
const letIn = [...read('.dockerignore').matchAll(/^!(.+)$/gm)].map(([, path = '']) => path);
const isLetIn = (path: string): boolean => letIn.some((each) => path === each || path.startsWith(`${each}/`));

const [, variables = ''] = /^ENV (.*)$/m.exec(dockerfile) ?? [];
const env = Object.fromEntries(variables.split(' ').map((pair) => pair.split('=')));

test('everything that the build reads is let in, and everything let in is there', () => {
  const { references } = JSON.parse(read('tsconfig.json')) as { readonly references: readonly { readonly path: string }[] };
  const projects = references.map(({ path }) => path.replace(/^\.\//, ''));
  const imports = [...read('vite.config.ts').matchAll(/from '\.\/([^']+)'/g)].map(([, path = '']) => path);
  const needed = [...projects, ...imports, 'index.html', 'public', 'server', 'shaders', 'src', 'package-lock.json'];
  expect(needed.filter((path) => !isLetIn(path))).toEqual([]);
  expect(letIn.filter((path) => !existsSync(join(TOP, path)))).toEqual([]);
});

test('what it sets are settings, and the ports it opens are theirs', () => {
  const names = new Set<string>(SETTINGS.map(({ name }) => name));
  expect(Object.keys(env).filter((name) => name !== 'NODE_ENV' && !names.has(name))).toEqual([]);
  expect(dockerfile).toContain(`EXPOSE ${env.PORT}/tcp ${env.UDP_PORT}/udp`);
  expect(dockerfile).toContain(`VOLUME ${env.DATA_DIR}`);
});

test('it starts as its first lines say, and alone says what it wants', () => {
  const given = Object.fromEntries([...dockerfile.matchAll(/-e (\w+)=(\S+)/g)].map(([, name, value]) => [name, value]));
  expect(Object.keys(given)).toEqual(['TRUST_PROXY', 'ALLOWED_ORIGINS', 'PUBLIC_ADDRESS']);
  const homeDir = '/home/node';
  expect(parseConfig({ env: { ...env, ...given }, argv: [], homeDir })).toMatchObject({
    isLoopbackOnly: false,
    udpPort: 8788,
    dataDir: '/data',
  });
  expect(() => parseConfig({ env, argv: [], homeDir })).toThrow(Fault);
});

test('it runs as an ordinary user, from what `npm start` runs', () => {
  const { scripts, dependencies } = JSON.parse(read('package.json')) as Record<'scripts' | 'dependencies', Record<string, string>>;
  const [, entry = '[]'] = /^ENTRYPOINT (.*)$/m.exec(dockerfile) ?? [];
  expect((JSON.parse(entry) as string[]).join(' ')).toBe(scripts.start);
  expect(dependencies.tsx).toBeDefined();
  expect(dockerfile.lastIndexOf('USER node')).toBeGreaterThan(dockerfile.lastIndexOf('FROM'));
});
