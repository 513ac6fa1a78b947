import type { Migrations } from '../../sqlite/index.js';

const FIRST = `
  CREATE TABLE lc_events (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    stream TEXT NOT NULL,
    version INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    schema_version INTEGER NOT NULL,
    data TEXT NOT NULL,
    metadata TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    UNIQUE (stream, version)
  ) STRICT;
  CREATE TABLE lc_commits (
    commit_id TEXT PRIMARY KEY NOT NULL,
    result TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE lc_outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    destination TEXT NOT NULL,
    fifo INTEGER NOT NULL,
    due_at INTEGER,
    lanes TEXT NOT NULL,
    envelope TEXT NOT NULL,
    parked_reason TEXT
  ) STRICT;
  CREATE INDEX lc_outbox_parked ON lc_outbox (id) WHERE parked_reason IS NOT NULL;
  CREATE TABLE lc_outbox_lease (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    holder TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT;
  INSERT INTO lc_outbox_lease VALUES (1, '', 0, 0);
  CREATE TABLE lc_inbox (
    id INTEGER PRIMARY KEY,
    consumer TEXT NOT NULL,
    message_id TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    UNIQUE (consumer, message_id)
  ) STRICT;
  CREATE TABLE lc_inline_projections (
    name TEXT PRIMARY KEY NOT NULL,
    position INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/** Tells relays, of every process, to look again at what they have passed by. */
const COUNT_UNPARKINGS = 'ALTER TABLE lc_outbox_lease ADD COLUMN unparkings INTEGER NOT NULL DEFAULT 0';

const LIST_PROCESSES = `
  CREATE TABLE lc_processes (
    manager TEXT NOT NULL,
    id TEXT NOT NULL,
    due_at INTEGER,
    entry TEXT NOT NULL,
    PRIMARY KEY (manager, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX lc_processes_due ON lc_processes (manager, due_at) WHERE due_at IS NOT NULL;
`;

const CHECKPOINTS = `
  CREATE TABLE lc_checkpoints (
    name TEXT PRIMARY KEY NOT NULL,
    position INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    holder TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    replays TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE lc_parked_events (
    checkpoint TEXT NOT NULL,
    position INTEGER NOT NULL,
    stream TEXT NOT NULL,
    version INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    type TEXT NOT NULL,
    reason TEXT NOT NULL,
    parked_at INTEGER NOT NULL,
    due INTEGER NOT NULL,
    PRIMARY KEY (checkpoint, position)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE lc_documents (
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    lists TEXT NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (collection, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE lc_document_lists (
    collection TEXT NOT NULL,
    list TEXT NOT NULL,
    place INTEGER NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (collection, list, place, key)
  ) STRICT, WITHOUT ROWID;
`;

const SNAPSHOTS = `
  CREATE TABLE lc_snapshots (
    stream TEXT NOT NULL,
    revision INTEGER NOT NULL,
    version INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (stream, revision)
  ) STRICT;
`;

const KEPT_ANSWERS = 'ALTER TABLE lc_inbox ADD COLUMN answer TEXT';

export const EVENT_STORE_MIGRATIONS: Migrations = {
  component: 'event-store',
  steps: [FIRST, COUNT_UNPARKINGS, LIST_PROCESSES, CHECKPOINTS, SNAPSHOTS, KEPT_ANSWERS],
};
