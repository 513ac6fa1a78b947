import type { SqliteDatabase } from '../../../sqlite/index.js';
import { EMPTY_TOPOLOGY, type TopologyDocument } from '../topology/topology-document.js';

/** The topology as one document, with a version that tells other processes to read it again. */
export class TopologyTable {
  private readonly readVersion;
  private readonly read;
  private readonly write;

  constructor(database: SqliteDatabase) {
    this.readVersion = database.prepare<{ version: number }>('SELECT version FROM lc_topology WHERE id = 1');
    this.read = database.prepare<{ document: string }>('SELECT document FROM lc_topology WHERE id = 1');
    this.write = database.prepare(
      `INSERT INTO lc_topology (id, version, document) VALUES (1, 1, ?)
       ON CONFLICT DO UPDATE SET version = version + 1, document = excluded.document`,
    );
  }

  version(): number {
    return this.readVersion.get()?.version ?? 0;
  }

  load(): TopologyDocument {
    const row = this.read.get();
    return row ? (JSON.parse(row.document) as TopologyDocument) : EMPTY_TOPOLOGY;
  }

  save(topology: TopologyDocument): void {
    this.write.run(JSON.stringify(topology));
  }
}
