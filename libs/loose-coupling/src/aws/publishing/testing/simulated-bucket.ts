import { type Clock, sleep } from '../../../kernel/index.js';
import type { BucketFaults } from './publishing-plan.js';

/** A bucket that fails in the ways that S3 does, and keeps what it has taken. */
export class SimulatedBucket {
  private readonly objects = new Map<string, string>();

  constructor(
    private readonly faults: BucketFaults,
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {}

  /** Undefined for what was never put. */
  get(key: string): string | undefined {
    return this.objects.get(key);
  }

  /** What a dead process has put may still arrive; it hears of nothing any more. */
  async put(key: string, body: string, isDead: () => boolean): Promise<void> {
    const fault = await this.take(key, body);
    if (isDead()) await new Promise(() => undefined);
    if (fault !== undefined) throw Object.assign(new Error(fault), { name: 'TimeoutError' });
  }

  private async take(key: string, body: string): Promise<string | undefined> {
    await this.travel();
    if (this.strikes(this.faults.hang)) return new Promise(() => undefined);
    if (this.strikes(this.faults.lose)) return 'the request was lost';
    if (this.strikes(this.faults.slow)) await sleep(this.clock, this.random() * 2_000);
    if (this.strikes(this.faults.fail)) return 'the bucket is away';
    this.objects.set(key, body);
    await this.travel();
    return this.strikes(this.faults.loseAnswer) ? 'the answer was lost' : undefined;
  }

  private strikes(probability: number): boolean {
    return probability > 0 && this.random() < probability;
  }

  private async travel(): Promise<void> {
    if (this.random() < 0.8) await sleep(this.clock, this.random() * 100);
  }
}
