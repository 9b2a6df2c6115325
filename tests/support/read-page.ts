// What a page of ours claims, taken out of its Markdown: commands in shell blocks, links into the project, names of files and folders.

export interface Command {
  /** The script of package.json, or `ci`. */
  readonly script: string;
  /** After `--`. */
  readonly args: readonly string[];
}

/** `npm run x -- …`, `npm start`, `npm ci && npm test` from the shell blocks; what follows a # is for people. */
export function listCommands(page: string): readonly Command[] {
  const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text = '']) => text.replace(/\\\n/g, ' '));
  const commands = blocks.flatMap((text) => text.split('\n')).flatMap((line) => line.replace(/ #.*$/, '').split('&&'));
  return commands.flatMap((command) => {
    const [npm, ...words] = command.trim().split(/\s+/);
    if (npm !== 'npm') return [];
    const [script = '', dashes, ...args] = words[0] === 'run' ? words.slice(1) : words;
    return [{ script, args: dashes === '--' ? args : [] }];
  });
}

/** Relative targets of links and pictures. */
export function listLinks(page: string): readonly string[] {
  return [...page.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target.replace(/#.*$/, ''))
    .filter((target) => !/^(https?:|$)/.test(target));
}

const FILE = /^[\w./-]+\.(?:tsx?|md|json|wgsl|css|png)$/;
const FOLDER = /^(?:src|server|shaders|tests|public)(?:\/[\w.-]+)*\/?$/;

/** Files and folders of ours that stand in backticks. */
export function listNames(page: string): readonly string[] {
  const spans = [...page.replace(/```[\s\S]*?```/g, '').matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
  return [...new Set(spans.filter((span) => FILE.test(span) || FOLDER.test(span)))];
}
