import type { Migrations } from '../../../sqlite/index.js';

/**
 * `lc_message` holds the messages of all queues. On standard queues they are handed out by `visible_at`; on FIFO queues
 * by groups: `lc_group` says when a group can next be received from, so that neither way looks at hidden messages.
 */
export const BROKER_MIGRATIONS: Migrations = {
  component: 'broker',
  steps: [
    `
    CREATE TABLE lc_topology (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      version INTEGER NOT NULL,
      document TEXT NOT NULL
    ) STRICT;

    CREATE TABLE lc_message (
      sequence INTEGER PRIMARY KEY,
      queue_id INTEGER NOT NULL,
      visible_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      receive_count INTEGER NOT NULL,
      received_at INTEGER NOT NULL,
      sent_at INTEGER NOT NULL,
      message_id TEXT NOT NULL,
      group_id TEXT,
      deduplication_id TEXT,
      attributes TEXT,
      body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX lc_message_due ON lc_message (queue_id, visible_at, sequence) WHERE group_id IS NULL;
    CREATE INDEX lc_message_order ON lc_message (queue_id, group_id, sequence) WHERE group_id IS NOT NULL;
    CREATE INDEX lc_message_handed_out ON lc_message (queue_id, group_id, visible_at)
      WHERE group_id IS NOT NULL AND receive_count > 0;

    CREATE TABLE lc_group (
      queue_id INTEGER NOT NULL,
      group_id TEXT NOT NULL,
      available_at INTEGER NOT NULL,
      first_sequence INTEGER NOT NULL,
      PRIMARY KEY (queue_id, group_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX lc_group_due ON lc_group (queue_id, available_at, first_sequence);

    CREATE TABLE lc_deduplication (
      queue_id INTEGER NOT NULL,
      deduplication_id TEXT NOT NULL,
      message_id TEXT NOT NULL,
      expires_at INTEGER NOT NULL,
      PRIMARY KEY (queue_id, deduplication_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX lc_deduplication_age ON lc_deduplication (expires_at);
    `,
    // Hand-outs that do not count; receive_count goes on counting them, as it tells receipts apart.
    'ALTER TABLE lc_message ADD COLUMN unhandled_count INTEGER NOT NULL DEFAULT 0',
  ],
};
