import type { Clock } from '../../../kernel/index.js';
import { openDatabase, type OpenDatabaseOptions, type SqliteDatabase } from '../../../sqlite/index.js';
import type { QueueDepth } from '../../core/message-queue.js';
import type {
  BrokerStorage,
  NewMessage,
  StorageReceive,
  StorageReceived,
  StorageVisibilityChange,
  VisibilityOutcome,
} from '../broker-storage.js';
import type { Receipt } from '../receipt.js';
import type { QueueRecord, TopologyDocument } from '../topology/topology-document.js';
import { BROKER_MIGRATIONS } from './broker-schema.js';
import { DeduplicationTable } from './deduplication-table.js';
import { DepthQuery } from './depth-query.js';
import { Doorbell } from './doorbell.js';
import { GroupTable } from './group-table.js';
import { MessageTable } from './message-table.js';
import { SqliteReceiver } from './sqlite-receiver.js';
import { TopologyTable } from './topology-table.js';

/** Longest wait for other writers that blocks the process, in milliseconds. */
const BUSY_TIMEOUT = 50;

/** Messages and topology in a file that several processes of one machine may open. What is committed survives a crash. */
export class SqliteStorage implements BrokerStorage {
  readonly commitsAreDear = true;
  private readonly database: SqliteDatabase;
  private readonly doorbell: Doorbell;
  private readonly topology: TopologyTable;
  private readonly messages: MessageTable;
  private readonly groups: GroupTable;
  private readonly deduplication: DeduplicationTable;
  private readonly receiver: SqliteReceiver;
  private readonly depths: DepthQuery;

  constructor(file: string, clock: Clock, settings: Pick<OpenDatabaseOptions, 'synchronous'> = {}) {
    this.database = openDatabase({ ...settings, file, migrations: BROKER_MIGRATIONS });
    // Opening may wait for others that open it; later a wait that blocks the process must be short, and is repeated.
    this.database.prepare(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`).get();
    this.doorbell = new Doorbell(`${file}-bell`, clock);
    this.topology = new TopologyTable(this.database);
    this.messages = new MessageTable(this.database);
    this.groups = new GroupTable(this.database);
    this.deduplication = new DeduplicationTable(this.database);
    this.receiver = new SqliteReceiver(this.database, this.messages, this.groups);
    this.depths = new DepthQuery(this.database);
  }

  transaction<Result>(work: () => Result): Result {
    return this.database.transaction(work);
  }

  topologyVersion(): number {
    return this.topology.version();
  }

  loadTopology(): TopologyDocument {
    return this.topology.load();
  }

  saveTopology(topology: TopologyDocument): void {
    this.topology.save(topology);
  }

  insert(queue: QueueRecord, message: NewMessage): string {
    const { groupId, deduplicationId, messageId, sentAt, visibleAt } = message;
    if (deduplicationId !== undefined) {
      const first = this.deduplication.claim(queue, deduplicationId, messageId, sentAt);
      if (first !== messageId) return first;
    }
    const sequence = this.messages.insert(queue, message);
    if (groupId !== undefined) this.groups.added(queue, groupId, visibleAt, sequence);
    return messageId;
  }

  receive(request: StorageReceive): StorageReceived {
    return this.receiver.receive(request);
  }

  delete(queue: QueueRecord, receipt: Receipt): boolean {
    const deleted = this.messages.delete(queue, receipt);
    if (deleted && deleted.group_id !== null) this.groups.refresh(queue, deleted.group_id);
    return deleted !== undefined;
  }

  changeVisibility(queue: QueueRecord, receipt: Receipt, change: StorageVisibilityChange): VisibilityOutcome {
    const { outcome, group_id } = this.messages.changeVisibility(queue, receipt, change);
    if (group_id !== null) this.groups.refresh(queue, group_id);
    return outcome;
  }

  depth(queue: QueueRecord, now: number): QueueDepth {
    return this.depths.of(queue, now);
  }

  nextDue(queue: QueueRecord): number | undefined {
    return this.receiver.nextDue(queue);
  }

  purge(queue: QueueRecord): void {
    this.messages.purge(queue);
    this.groups.purge(queue);
  }

  drop(queue: QueueRecord): void {
    this.purge(queue);
    this.deduplication.drop(queue);
  }

  ring(): void {
    this.doorbell.ring();
  }

  listen(heard: () => void): () => void {
    return this.doorbell.listen(heard);
  }

  close(): void {
    this.doorbell.close();
    this.database.close();
  }
}
