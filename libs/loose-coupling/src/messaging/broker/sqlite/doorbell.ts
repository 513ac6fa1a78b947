import { closeSync, constants, type FSWatcher, openSync, watch, writeSync } from 'node:fs';
import type { Clock, Timer } from '../../../kernel/index.js';

/** How soon a message is found when the file system does not tell of changes (network drives, too many watches). */
const SAFETY_POLL = 1_000;
const ONE_BYTE = Buffer.from('!');

/** A file beside the database that is written after each send, so that other processes need not poll. */
export class Doorbell {
  private descriptor: number | undefined;

  constructor(
    private readonly file: string,
    private readonly clock: Clock,
  ) {}

  ring(): void {
    writeSync(this.open(), ONE_BYTE, 0, 1, 0);
  }

  /** Calls back soon after another process rang, and once a second in any case, until the returned function is called. */
  listen(heard: () => void): () => void {
    let turn: NodeJS.Immediate | undefined;
    let poll: Timer | undefined;
    const hear = () => {
      turn = undefined;
      heard();
    };
    const watcher = this.watch(() => (turn ??= setImmediate(hear)));
    const again = () => {
      poll = this.clock.setTimer(again, SAFETY_POLL, { unref: true });
      heard();
    };
    poll = this.clock.setTimer(again, SAFETY_POLL, { unref: true });
    return () => {
      poll?.cancel();
      clearImmediate(turn);
      watcher?.close();
    };
  }

  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
  }

  private open(): number {
    return (this.descriptor ??= openSync(this.file, constants.O_RDWR | constants.O_CREAT));
  }

  private watch(changed: () => void): FSWatcher | undefined {
    try {
      this.open();
      const watcher = watch(this.file, { persistent: false }, changed);
      watcher.on('error', () => watcher.close());
      return watcher;
    } catch {
      return undefined;
    }
  }
}
