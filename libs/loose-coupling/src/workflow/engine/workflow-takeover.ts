import type { Clock, Timer } from '../../kernel/index.js';
import { keyOf, type OwnedWorkflow, type WorkflowOwners } from './workflow-owners.js';

/** In one lease. */
const LOOKS = 3;
/** Every so many looks, all workflows are looked at, and not only when a process has died. */
const THOROUGH = 12;

/** Takes on what the dead have left. */
export class WorkflowTakeover {
  private timer: Timer | undefined;
  /** What is under way. Never rejects. */
  private looking: Promise<void> | undefined;
  private looks = 0;
  private closed = false;
  /**
   * Workflows of somebody who is not listed, and ours that we know nothing of, as nobody was told that they were stored: the list may lag
   * behind, so that they are looked at twice.
   */
  private suspects: ReadonlySet<string> = new Set();

  constructor(
    private readonly owners: WorkflowOwners,
    private readonly clock: Clock,
    /** Resolves when the workflow is ours, or not for us to have: somebody else took it from its owner. */
    private readonly take: (workflow: OwnedWorkflow) => Promise<void>,
    /** Whether what is ours was begun. */
    private readonly isKnown: (key: string) => boolean,
    private readonly report: (message: string, error: unknown) => void,
  ) {}

  /** Resolves after the first look. */
  async start(): Promise<void> {
    // Two looks side by side would take on the same workflows.
    await this.looking;
    await this.look();
    this.schedule();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.timer?.cancel();
    await this.looking;
  }

  private schedule(): void {
    this.timer?.cancel();
    if (this.closed) return;
    const again = () => {
      this.timer = undefined;
      void this.look().then(() => this.schedule());
    };
    this.timer = this.clock.setTimer(again, this.owners.leaseMs / LOOKS, { unref: true });
  }

  private async look(): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
    if (this.closed) return;
    this.looking = this.takeOver().catch((error: unknown) => {
      if (!this.closed) this.report('Workflows that others left could not be looked for; this is tried again.', error);
    });
    await this.looking;
    this.looking = undefined;
  }

  private async takeOver(): Promise<void> {
    const alive = await this.owners.all();
    const dead = [...alive].flatMap(([owner, lives]) => (lives ? [] : [owner]));
    const thorough = this.looks++ % THOROUGH === 0 || this.suspects.size > 0;
    if (dead.length === 0 && !thorough) return;
    await this.takeFrom(alive);
    // What a process that closes has not taken on must be found by the next one.
    if (this.closed) return;
    await Promise.all(dead.map((owner) => this.owners.forget(owner)));
  }

  private async takeFrom(alive: ReadonlyMap<string, boolean>): Promise<void> {
    const suspects = new Set<string>();
    const taking: Promise<void>[] = [];
    const failures: unknown[] = [];
    // Caught at once: the list may take long to read, and a rejection that nobody looks at ends the process.
    const take = (workflow: OwnedWorkflow) => this.take(workflow).catch((error: unknown) => void failures.push(error));
    try {
      for await (const workflow of this.owners.workflows()) {
        if (this.closed) return;
        const { owner } = workflow;
        const key = keyOf(workflow);
        const lives = owner === this.owners.owner ? this.isKnown(key) || undefined : alive.get(owner);
        if (lives === false || (lives === undefined && this.suspects.has(key))) taking.push(take(workflow));
        else if (lives === undefined) suspects.add(key);
      }
      this.suspects = suspects;
    } finally {
      await Promise.all(taking);
    }
    if (failures.length > 0) throw failures[0];
  }
}
