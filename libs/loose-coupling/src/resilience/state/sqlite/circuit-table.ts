import type { SqliteDatabase, SqliteValue } from '../../../sqlite/index.js';
import type { CircuitCounts, SharedCircuit } from '../circuit-state-store.js';

interface CircuitRow {
  readonly name: string;
  readonly state: SharedCircuit['state'];
  readonly generation: number;
  readonly open_until: number;
  readonly times_opened: number;
  readonly probe_owner: string | null;
  readonly probe_until: number | null;
  readonly counts: string | null;
}

/** The statements, compiled once per connection. Each is a transaction of its own. */
export class CircuitTable {
  private readonly select;
  private readonly insert;
  private readonly update;

  constructor(database: SqliteDatabase) {
    this.select = database.prepare<CircuitRow>(
      'SELECT * FROM lc_circuits WHERE name IN (SELECT value FROM json_each(?))',
    );
    this.insert = database.prepare(
      'INSERT INTO lc_circuits (state, generation, open_until, times_opened, probe_owner, probe_until, counts, name) ' +
        'VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.update = database.prepare(
      'UPDATE lc_circuits SET state = ?, generation = ?, open_until = ?, times_opened = ?, probe_owner = ?, ' +
        'probe_until = ?, counts = ? WHERE name = ? AND generation = ?',
    );
  }

  read(names: readonly string[]): SharedCircuit[] {
    return this.select.all(JSON.stringify(names)).map(fromRow);
  }

  /** Whether the circuit was written. */
  write(circuit: SharedCircuit, expected: number): boolean {
    const values = toValues(circuit);
    const result = expected === 0 ? this.insert.run(...values) : this.update.run(...values, expected);
    return result.changes === 1;
  }
}

// Times are rounded: the columns are whole milliseconds.
const toValues = ({ state, generation, openUntil, timesOpened, probe, counts, name }: SharedCircuit): SqliteValue[] => [
  state,
  generation,
  Math.round(openUntil),
  timesOpened,
  probe?.owner ?? null,
  probe ? Math.round(probe.until) : null,
  counts ? JSON.stringify(counts) : null,
  name,
];

const fromRow = (row: CircuitRow): SharedCircuit => ({
  name: row.name,
  state: row.state,
  generation: row.generation,
  openUntil: row.open_until,
  timesOpened: row.times_opened,
  ...(row.probe_owner !== null && { probe: { owner: row.probe_owner, until: row.probe_until ?? 0 } }),
  ...(row.counts !== null && { counts: JSON.parse(row.counts) as CircuitCounts }),
});
