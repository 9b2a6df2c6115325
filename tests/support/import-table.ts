// Who may import whom, as data: the walls of the house. CONTRIBUTING.md shows the same table to people.

export interface RoomRow {
  /** A folder, or a single file, from the top of the project. The longest matching row wins. */
  readonly room: string;
  readonly may: readonly string[];
  /** Rooms of which only types may be imported. */
  readonly mayTypes?: readonly string[];
}

const ENGINE = ['src/engine', 'src/engine/cpu', 'src/engine/gpu'] as const;

const SERVER_ROOMS = [
  'server/jobs',
  'server/market',
  'server/scheduling',
  'server/verification',
  'server/ledger',
  'server/accounts',
  'server/governance',
  'server/settlement',
  'server/operator',
  'server/blobs',
] as const;

const APP_ROWS: readonly RoomRow[] = [
  { room: 'src/protocol', may: [] },
  { room: 'src/compiler', may: ['src/protocol'] },
  { room: 'src/transport', may: ['src/protocol'] },
  { room: 'src/account', may: ['src/protocol'] },
  { room: 'src/pwa', may: ['src/protocol'] },
  { room: 'src/options.ts', may: ['src/protocol'] },
  { room: 'shaders', may: ['src/protocol'] },
  { room: 'src/engine', may: ['src/compiler', 'src/protocol', ...ENGINE] },
  { room: 'src/engine/cpu', may: ['src/compiler', 'src/protocol', 'src/engine'] },
  { room: 'src/engine/gpu', may: ['src/compiler', 'src/protocol', 'src/engine'] },
  { room: 'src/requester', may: ['src/compiler', ...ENGINE, 'src/transport', 'src/account', 'shaders', 'src/protocol'] },
  { room: 'src/contributor', may: [...ENGINE, 'src/transport', 'src/account', 'src/protocol'] },
  { room: 'src/ui', may: ['src/contributor', 'src/requester', 'src/account', 'src/pwa', 'src/protocol'] },
  { room: 'src/widget', may: ['src/contributor', 'src/account', 'src/protocol'] },
  { room: 'src/widget/loader.ts', may: [] },
  { room: 'src/cli', may: ['src/contributor', 'src/requester', ...ENGINE, 'src/transport', 'src/account', 'src/protocol'] },
];

const SERVER_ROWS: readonly RoomRow[] = [
  ...SERVER_ROOMS.map((room) => ({ room, may: ['src/protocol'] })),
  { room: 'server/observe', may: [] },
  { room: 'server/config.ts', may: ['src/protocol'] },
  { room: 'server/coordinator', may: [...SERVER_ROOMS, 'src/protocol'] },
  { room: 'server/effects', may: ['src/compiler', 'src/engine', 'src/engine/cpu', 'src/protocol'] },
  { room: 'server/storage', may: ['src/protocol'], mayTypes: [...SERVER_ROOMS, 'server/coordinator'] },
  { room: 'server/http', may: ['server/coordinator', 'server/storage', 'server/blobs', 'server/observe', 'src/protocol'] },
  // src/transport: frames and messages are the same on both ends of a wire, so they are written once.
  {
    room: 'server/gateway',
    may: ['server/coordinator', 'server/storage', 'server/blobs', 'server/observe', 'src/transport', 'src/protocol'],
  },
];

/** Roots compose: they may import every room on their side of the wall. `server` starts the house contributor by forking a file of src/cli. */
const ROOT_ROWS: readonly RoomRow[] = [
  { room: 'src', may: APP_ROWS.map((row) => row.room) },
  {
    room: 'server',
    may: [...SERVER_ROWS.map((row) => row.room), 'src/compiler', 'src/engine', 'src/engine/cpu', 'src/protocol', 'src/cli', 'shaders'],
  },
];

export const IMPORT_TABLE: readonly RoomRow[] = [...APP_ROWS, ...SERVER_ROWS, ...ROOT_ROWS];

/** Rooms that decide or describe: time and chance come to them as arguments. */
export const DECIDING_ROOMS: readonly string[] = [
  'src/protocol',
  'src/compiler',
  'shaders',
  'src/contributor/state.ts',
  'src/contributor/governor.ts',
  'server/coordinator',
  ...SERVER_ROOMS.filter((room) => room !== 'server/blobs'),
];
