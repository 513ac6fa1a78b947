import type { Migrations } from '../../../sqlite/index.js';

const FIRST = `
  CREATE TABLE lc_circuits (
    name TEXT PRIMARY KEY NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('closed', 'open', 'half-open')),
    generation INTEGER NOT NULL,
    open_until INTEGER NOT NULL,
    times_opened INTEGER NOT NULL,
    probe_owner TEXT,
    probe_until INTEGER,
    counts TEXT
  ) STRICT, WITHOUT ROWID;
`;

export const CIRCUIT_STATE_MIGRATIONS: Migrations = { component: 'circuit-state', steps: [FIRST] };
