// A process that starts the embedded database on the folder it is given, prints the server's pid, and waits to be killed.
import { startEmbedded } from '../../server/storage/embedded/start-embedded.ts';

const [dataDir] = process.argv.slice(2);
const embedded = await startEmbedded({ dataDir: dataDir!, log: { info: () => undefined, warn: () => undefined } });
process.stdout.write(String(embedded.pid));
// The supervisor's connection keeps the process alive.
