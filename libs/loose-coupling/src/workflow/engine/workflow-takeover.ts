import type { Clock, Timer } from '../../kernel/index.js';
import type { WorkflowOwners } from './workflow-owners.js';

/** In one lease. */
const LOOKS = 3;
/** Every so many looks, all workflows are looked at, and not only when a process has died. */
const THOROUGH = 12;

/** Renews our lease, and takes on what the dead have left. */
export class WorkflowTakeover {
  private timer: Timer | undefined;
  private looking: Promise<void> | undefined;
  private looks = 0;
  private closed = false;
  /** Workflows of somebody who is not listed: the list may lag behind, so that they are looked at twice. */
  private suspects: ReadonlySet<string> = new Set();

  constructor(
    private readonly owners: WorkflowOwners,
    private readonly clock: Clock,
    /** Resolves when the workflow is ours, or not for us to have. */
    private readonly take: (workflowId: string) => Promise<void>,
    private readonly report: (message: string, error: unknown) => void,
  ) {}

  /** Resolves after the first look. */
  async start(): Promise<void> {
    await this.owners.join();
    await this.look();
  }

  /** Only renews, until somebody calls `start`. */
  keep(): void {
    if (this.timer || this.looking || this.closed) return;
    this.schedule(() => this.owners.renew());
  }

  async close(): Promise<void> {
    this.closed = true;
    this.timer?.cancel();
    await this.looking;
  }

  private schedule(work: () => Promise<void>): void {
    this.timer?.cancel();
    if (this.closed) return;
    const again = () => {
      this.timer = undefined;
      void this.run(work).then(() => this.schedule(work));
    };
    this.timer = this.clock.setTimer(again, this.owners.leaseMs / LOOKS, { unref: true });
  }

  private async look(): Promise<void> {
    this.timer?.cancel();
    await this.run(() => this.takeOver());
    this.schedule(async () => {
      await this.owners.renew();
      await this.takeOver();
    });
  }

  private async run(work: () => Promise<void>): Promise<void> {
    try {
      await (this.looking = work());
    } catch (error) {
      if (!this.closed) this.report('Workflows that others left could not be looked for; this is tried again.', error);
    } finally {
      this.looking = undefined;
    }
  }

  private async takeOver(): Promise<void> {
    const alive = await this.owners.all();
    const dead = [...alive].flatMap(([owner, lives]) => (lives ? [] : [owner]));
    const thorough = this.looks++ % THOROUGH === 0 || this.suspects.size > 0;
    if (dead.length === 0 && !thorough) return;
    const suspects = new Set<string>();
    const taking: Promise<void>[] = [];
    for await (const { id, owner } of this.owners.workflows()) {
      if (this.closed) return;
      const lives = alive.get(owner);
      if (lives === false || (lives === undefined && this.suspects.has(id))) taking.push(this.take(id));
      else if (lives === undefined) suspects.add(id);
    }
    this.suspects = suspects;
    await Promise.all(taking);
    await Promise.all(dead.map((owner) => this.owners.forget(owner)));
  }
}
