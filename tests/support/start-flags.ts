// How `npm start` starts the coordinator: tests and benches start it in the same way.
import packageJson from '../../package.json' with { type: 'json' };

const words = packageJson.scripts.start.split(' ');

/** What stands between `node` and the coordinator's file. */
export const START_FLAGS: readonly string[] = words.slice(1, -1);
