import { parseUntrustedJson } from '../../kernel/index.js';
import { isUniqueViolation, type SqliteDatabase } from '../../sqlite/index.js';
import type { EventEnvelope } from '../core/event-store.js';
import type { PreparedEvent } from '../core/prepared-commit.js';
import type { StreamRange } from '../core/stream-pages.js';
import { undecodable } from '../core/undecodable.js';
import { DuplicateEventError } from '../errors/duplicate-event.error.js';

/** As `COLUMNS` lists them. */
type Row = readonly [
  streamName: string,
  version: number,
  position: number,
  id: string,
  type: string,
  schemaVersion: number,
  data: string,
  metadata: string,
  recordedAt: number,
];

const COLUMNS = 'stream, version, position, id, type, schema_version, data, metadata, recorded_at';

const NO_METADATA: Readonly<Record<string, unknown>> = Object.freeze({});

/** Reads and writes the rows of events. */
export class EventTable {
  private readonly statements;

  constructor(database: SqliteDatabase) {
    const select = `SELECT ${COLUMNS} FROM lc_events WHERE`;
    const range = 'stream = ? AND version BETWEEN ? AND ? ORDER BY version';
    this.statements = {
      version: database.prepare<{ version: number }>(
        'SELECT version FROM lc_events WHERE stream = ? ORDER BY version DESC LIMIT 1',
      ),
      position: database.prepare<{ position: number }>('SELECT MAX(position) AS position FROM lc_events'),
      forwards: database.prepareTuples<Row>(`${select} ${range} LIMIT ?`),
      backwards: database.prepareTuples<Row>(`${select} ${range} DESC LIMIT ?`),
      after: database.prepareTuples<Row>(`${select} position > ? ORDER BY position LIMIT ?`),
      insert: database.prepare(
        'INSERT INTO lc_events (stream, version, id, type, schema_version, data, metadata, recorded_at) ' +
          'VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      ),
    };
  }

  /** Version of the last event; 0 when there is none. */
  versionOf(streamName: string): number {
    return this.statements.version.get(streamName)?.version ?? 0;
  }

  lastPosition(): number {
    return this.statements.position.get()?.position ?? 0;
  }

  /**
   * Gives the position.
   * @throws {DuplicateEventError}
   */
  insert(streamName: string, version: number, event: PreparedEvent, recordedAt: number): number {
    const { id, type, schemaVersion, data, metadata } = event;
    try {
      return this.statements.insert.run(
        streamName,
        version,
        id,
        type,
        schemaVersion,
        JSON.stringify(data),
        JSON.stringify(metadata),
        recordedAt,
      ).lastInsertRowid;
    } catch (error) {
      // The version was read in this transaction, so only the id can be taken.
      throw isUniqueViolation(error) ? new DuplicateEventError(id, streamName) : error;
    }
  }

  ofStream({ streamName, fromVersion, toVersion, limit, backwards }: StreamRange): EventEnvelope[] {
    const statement = backwards ? this.statements.backwards : this.statements.forwards;
    return statement.all(streamName, fromVersion, toVersion, limit).map(toEnvelope);
  }

  after(position: number, limit: number): EventEnvelope[] {
    return this.statements.after.all(position, limit).map(toEnvelope);
  }
}

const toEnvelope = (row: Row): EventEnvelope => {
  const [streamName, version, position, id, type, schemaVersion, data, metadata, recordedAt] = row;
  try {
    return {
      id,
      streamName,
      version,
      position,
      type,
      schemaVersion,
      data: parseUntrustedJson(data),
      metadata: metadata === '{}' ? NO_METADATA : metadataOf(metadata),
      recordedAt,
    };
  } catch (error) {
    return undecodable({ id, streamName, version, position, type, schemaVersion, recordedAt }, error);
  }
};

function metadataOf(text: string): Readonly<Record<string, unknown>> {
  const value = parseUntrustedJson(text);
  if (typeof value !== 'object' || value === null) throw new TypeError('The metadata is no object.');
  return value as Readonly<Record<string, unknown>>;
}
