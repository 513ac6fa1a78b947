import { backoffDelay, sleep, type Clock, withCorrelation } from '../../kernel/index.js';
import type { FaultReporter } from '../core/fault-reporter.js';
import { inBackground } from '../core/in-background.js';
import { dueAtOf, type OpenProcess, type ProcessIndex } from '../core/process-index.js';
import { WakeUp } from '../core/wake-up.js';
import { withAllTenants } from '../tenancy/all-tenants.js';
import type { RegisteredProcessManager } from './registered-process-manager.js';

/** Deadlines of other processes, and of those that died, are noticed this soon, in milliseconds. */
const LOOK_AGAIN = 1000;
/** Instances looked at in one round, of one manager. */
const MOST = 100;
const CONCURRENCY = 8;
const RETRY = { initialDelay: 1000, maxDelay: 900_000, jitter: 'equal' } as const;

export interface DeadlineTimerParts {
  readonly index: ProcessIndex;
  readonly clock: Clock;
  readonly report: FaultReporter;
  managers(): readonly RegisteredProcessManager[];
}

interface Hold {
  readonly failures: number;
  readonly until: number;
}

/**
 * Has deadlines handled when they are due. Every process of a service has one; that two of them handle the same
 * deadline is harmless, as the version of the instance's stream lets only one of them store it.
 */
export class DeadlineTimer {
  private readonly wakeUp: WakeUp;
  /** Instances whose deadline failed, and when it is tried again. */
  private readonly holds = new Map<string, Hold>();
  private running: Promise<void> | undefined;
  private stopping = false;

  constructor(private readonly parts: DeadlineTimerParts) {
    this.wakeUp = new WakeUp(parts.clock);
  }

  start(): void {
    if (this.running || this.stopping) return;
    this.running = inBackground(() => this.run());
  }

  /** Resolves when no deadline is being handled, or after `timeout` milliseconds. Default: waits for them. */
  async stop(timeout?: number): Promise<void> {
    this.stopping = true;
    this.wakeUp.call();
    if (timeout === undefined || !this.running) return this.running;
    const ended = new AbortController();
    const timedOut = sleep(this.parts.clock, timeout, ended.signal).catch(() => undefined);
    await Promise.race([this.running, timedOut]);
    ended.abort();
  }

  /** A deadline was set here that may be earlier than all others. */
  wake(): void {
    this.wakeUp.call();
  }

  /** Handles all that is due now; resolves to how many were. */
  async fireDue(): Promise<number> {
    let fired = 0;
    for (const manager of this.parts.managers()) {
      for (let more = 1; more > 0; fired += more) more = (await this.round(manager)).fired;
    }
    return fired;
  }

  private async run(): Promise<void> {
    let failures = 0;
    while (!this.stopping) {
      let wait = LOOK_AGAIN;
      try {
        for (const manager of this.parts.managers()) {
          const round = await this.round(manager);
          wait = Math.min(wait, round.fired > 0 ? 0 : round.nextIn);
        }
        failures = 0;
      } catch (error) {
        wait = backoffDelay(++failures, RETRY);
        this.parts.report(`Deadlines could not be looked for; trying again in ${Math.round(wait)} ms.`, error);
      }
      if (wait > 0 && !this.stopping) await this.wakeUp.wait(wait);
    }
  }

  private async round(manager: RegisteredProcessManager): Promise<{ fired: number; nextIn: number }> {
    const { model } = manager;
    if (model.deadlines.size === 0) return { fired: 0, nextIn: LOOK_AGAIN };
    const now = this.parts.clock.now();
    this.forgetHolds(now);
    const { index } = this.parts;
    const most = MOST + this.holds.size;
    const entries = await withAllTenants(() => index.due(model.name, now + LOOK_AGAIN, most));
    const isDue = (entry: OpenProcess) => (dueAtOf(entry) ?? Infinity) <= now && !this.isHeld(entry, now);
    const due = entries.filter(isDue);
    let fired = 0;
    const work = async () => {
      for (let entry = due.shift(); entry && !this.stopping; entry = due.shift()) {
        if (await this.fire(manager, entry)) fired += 1;
      }
    };
    await Promise.all(Array.from({ length: Math.min(CONCURRENCY, due.length) }, work));
    const later = entries.map((entry) => Math.max(dueAtOf(entry) ?? Infinity, this.holdOf(entry)?.until ?? 0) - now);
    return { fired, nextIn: Math.min(LOOK_AGAIN, ...later.filter((ms) => ms > 0)) };
  }

  private async fire(manager: RegisteredProcessManager, entry: OpenProcess): Promise<boolean> {
    const key = keyOf(entry);
    try {
      const fired = await ofTenant(entry, () => manager.handleDeadline(entry.id));
      this.holds.delete(key);
      return fired;
    } catch (error) {
      const failures = (this.holds.get(key)?.failures ?? 0) + 1;
      const delay = backoffDelay(failures, RETRY);
      this.holds.set(key, { failures, until: this.parts.clock.now() + delay });
      this.parts.report(
        `A deadline of ${entry.manager} "${entry.id}" failed; it is tried again in ${Math.round(delay)} ms.`,
        error,
      );
      return false;
    }
  }

  /** Of instances that are over, or had their deadline handled by others. */
  private forgetHolds(now: number): void {
    for (const [key, { until }] of this.holds) if (until < now - 10 * LOOK_AGAIN) this.holds.delete(key);
  }

  private holdOf(entry: OpenProcess): Hold | undefined {
    return this.holds.get(keyOf(entry));
  }

  private isHeld(entry: OpenProcess, now: number): boolean {
    return (this.holdOf(entry)?.until ?? 0) > now;
  }
}

const keyOf = ({ manager, id, tenantId }: OpenProcess): string => JSON.stringify([manager, id, tenantId]);

/** Its stream is the tenant's, so it is loaded as that already. */
const ofTenant = <Result>({ id, tenantId }: OpenProcess, work: () => Result): Result =>
  tenantId === undefined ? work() : withCorrelation({ correlationId: id, tenantId }, work);
