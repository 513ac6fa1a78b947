import type { Clock, Timer } from '../../kernel/index.js';
import type { WorkflowOwners } from './workflow-owners.js';

/** In one lease. */
const RENEWALS = 3;

/** Keeps our lease in force by a timer of its own: what else is done may take longer than the lease. */
export class LeaseRenewal {
  private timer: Timer | undefined;
  /** What is under way. Never rejects. */
  private renewing: Promise<void> | undefined;
  private closed = false;

  constructor(
    private readonly owners: Pick<WorkflowOwners, 'renew' | 'leaseMs'>,
    private readonly clock: Clock,
    private readonly report: (message: string, error: unknown) => void,
  ) {}

  /** From now on, until `close`. */
  keep(): void {
    if (this.closed || this.timer || this.renewing) return;
    const again = () => {
      this.timer = undefined;
      this.renewing = this.renew();
    };
    this.timer = this.clock.setTimer(again, this.owners.leaseMs / RENEWALS, { unref: true });
  }

  async close(): Promise<void> {
    this.closed = true;
    this.timer?.cancel();
    await this.renewing;
  }

  private async renew(): Promise<void> {
    try {
      await this.owners.renew();
    } catch (error) {
      if (!this.closed) this.report('The lease of our workflows could not be renewed; this is tried again.', error);
    }
    this.renewing = undefined;
    this.keep();
  }
}
