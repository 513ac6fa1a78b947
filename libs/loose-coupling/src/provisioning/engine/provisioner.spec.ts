import { readConfig } from '../config/read-config.js';
import { ProvisioningFailedError } from '../errors/provisioning-failed.error.js';
import { functionCode } from '../function/function-code.js';
import { desiredResources } from '../model/desired-resources.js';
import { labelOf, RESOURCE_KINDS, type DesiredResource, type SeenResource } from '../model/resource.js';
import { Provisioner } from './provisioner.js';
import type { ResourceDriver, ResourceDrivers } from './resource-driver.js';

const resources = desiredResources(
  readConfig(
    JSON.stringify({
      message_queues: [{ name: 'orders' }, { name: 'ledger', fifo: true }],
      pub_sub_topics: [{ name: 'news', subscriptions: [{ queue: 'orders' }] }],
      event_rules: [{ name: 'placed', event_pattern: {}, targets: ['orders'] }],
      alarms: { notify: ['news'] },
    }),
  ),
  () => functionCode(''),
);

/** An AWS that can be made to fail at any of its writes, before it has done it or after. */
class FakeAws {
  readonly there = new Map<string, SeenResource>();
  readonly made: string[] = [];
  readonly writes: string[] = [];

  constructor(private readonly fails?: { readonly at: number; readonly when: 'before' | 'after' }) {}

  get drivers(): ResourceDrivers {
    const driver: ResourceDriver = {
      read: async (resource) => this.there.get(labelOf(resource)),
      create: async (resource, properties) => {
        const arn = `arn:aws:x:eu-west-1:1:${resource.name}`;
        await this.write(resource, () => {
          if (this.there.has(labelOf(resource))) throw new Error(`${labelOf(resource)} is there`);
          this.there.set(labelOf(resource), { arn, properties });
          this.made.push(labelOf(resource));
        });
        return { arn, properties };
      },
      update: async (resource, changed, seen) =>
        this.write(resource, () => {
          const properties = { ...seen.properties, ...changed };
          this.there.set(labelOf(resource), { ...seen, properties });
        }),
      remove: async (resource) => this.write(resource, () => this.there.delete(labelOf(resource))),
    };
    return Object.fromEntries(RESOURCE_KINDS.map((kind) => [kind, driver])) as unknown as ResourceDrivers;
  }

  private async write(resource: DesiredResource, effect: () => unknown): Promise<void> {
    this.writes.push(labelOf(resource));
    const fails = this.writes.length === this.fails?.at;
    if (fails && this.fails.when === 'before') throw new Error('refused');
    effect();
    if (fails) throw new Error('the answer was lost');
  }
}

const labels = (all: readonly DesiredResource[]) => all.map((resource) => labelOf(resource));
const failing = (writes: number) =>
  Array.from({ length: writes }, (_, index) => [
    { at: index + 1, when: 'before' as const },
    { at: index + 1, when: 'after' as const },
  ]).flat();
/** The first queue has two: what has the account in it is set when that is known. */
const WRITES = resources.length + 1;

describe('Provisioner', () => {
  it.each(failing(WRITES))(
    'goes on where it failed, $when write $at was done, and makes nothing twice',
    async (fails) => {
      const aws = new FakeAws(fails);
      const failure = await new Provisioner(aws.drivers).implement(resources).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(ProvisioningFailedError);
      const [step] = aws.writes.slice(-1);
      const done = labels(resources).slice(0, labels(resources).indexOf(step ?? ''));
      expect(failure).toMatchObject({ step: `make ${step}`, done: done.map((label) => `create ${label}`) });

      await new Provisioner(aws.drivers).implement(resources);
      expect(aws.made).toEqual(labels(resources));
      const plan = await new Provisioner(aws.drivers).plan(resources);
      expect(plan.filter(({ action }) => action !== 'none')).toEqual([]);
    },
  );

  it.each(failing(resources.length))(
    'goes on with removing, $when write $at was done, and leaves nothing',
    async (fails) => {
      const { there } = await implemented(new FakeAws());
      const aws = new FakeAws(fails);
      for (const [label, seen] of there) aws.there.set(label, seen);
      await expect(new Provisioner(aws.drivers).destroy(resources)).rejects.toThrow(ProvisioningFailedError);
      expect(aws.there.size).toBe(resources.length - fails.at + (fails.when === 'before' ? 1 : 0));
      await new Provisioner(aws.drivers).destroy(resources);
      expect([...aws.there.keys()]).toEqual([]);
    },
  );

  async function implemented(aws: FakeAws): Promise<FakeAws> {
    await new Provisioner(aws.drivers).implement(resources);
    return aws;
  }

  it('writes no more than that', async () => {
    expect((await implemented(new FakeAws())).writes).toHaveLength(WRITES);
  });

  it('tells before each step how far it is', async () => {
    const told: string[] = [];
    const { drivers } = new FakeAws();
    await new Provisioner(drivers, (step, number, of) => told.push(`${number}/${of} ${step}`)).implement(resources);
    expect(told).toEqual(labels(resources).map((label, index) => `${index + 1}/${resources.length} make ${label}`));
  });
});
