import { FakeClock } from '../../testing/fake-clock.js';
import { BalancedEndpoints } from './balanced-endpoints.js';
import type { DiscoveryOptions } from './discovery.options.js';
import { EndpointCache } from './endpoint-cache.js';
import { ServiceDiscovery, type DiscoveredEndpoints } from './service-discovery.js';

class FakeDiscovery extends ServiceDiscovery {
  asked = 0;
  constructor(public answer: DiscoveredEndpoints | undefined) {
    super();
  }
  override async discover() {
    this.asked += 1;
    if (!this.answer) throw new Error('away');
    return this.answer;
  }
}

const two = {
  endpoints: [
    { url: 'http://a', zone: 'x' },
    { url: 'http://b', zone: 'y' },
  ],
};

function open(options: Partial<DiscoveryOptions> = {}, answer: DiscoveredEndpoints | undefined = two) {
  const clock = new FakeClock();
  const source = new FakeDiscovery(answer);
  const pool = new BalancedEndpoints(new EndpointCache('stock', source, 5_000, clock), options, clock);
  const ask = async (outcome?: 'success' | 'failure') => {
    const lease = await pool.lease();
    if (outcome) lease.release(outcome);
    return lease.url;
  };
  return { clock, source, pool, ask };
}

const inOrder = async (ask: () => Promise<string>, count: number) => {
  const asked: string[] = [];
  for (let each = 0; each < count; each++) asked.push((await ask()).replace('http://', ''));
  return asked;
};

describe('endpoints that were found', () => {
  it('take turns', async () => {
    const { ask } = open();
    expect([await ask(), await ask(), await ask()]).toEqual(['http://a', 'http://b', 'http://a']);
  });

  it('are chosen by what they have in hand', async () => {
    const { ask } = open({ balancing: 'least-pending' });
    const busy = await ask();
    const other = await ask('success');
    expect(other).not.toBe(busy);
    expect([await ask('success'), await ask('success')]).toEqual([other, other]);
  });

  it('are taken from our zone while one there is well', async () => {
    const { ask } = open({ balancing: 'zone-first', zone: 'y', ejection: { consecutiveFailures: 1 } });
    expect([await ask(), await ask('failure')]).toEqual(['http://b', 'http://b']);
    expect(await ask()).toBe('http://a');
  });

  it('are left out when they keep failing, come back, and go for longer when they fail again', async () => {
    const { ask, clock } = open({
      balancing: 'zone-first',
      zone: 'x',
      ejection: { consecutiveFailures: 2, duration: 100 },
    });
    await ask('failure');
    expect(await ask('failure')).toBe('http://a');
    expect(await ask('success')).toBe('http://b');
    await clock.advance(100);
    expect(await ask('failure')).toBe('http://a');
    await clock.advance(150);
    expect(await ask('success')).toBe('http://b');
    await clock.advance(50);
    expect(await ask('success')).toBe('http://a');
  });

  it('are all used when all fail', async () => {
    const { ask } = open({ ejection: { consecutiveFailures: 1 } });
    expect(new Set([await ask('failure'), await ask('failure'), await ask(), await ask()]).size).toBe(2);
  });

  it('are used as their weights say, evenly spread', async () => {
    const { ask } = open(
      {},
      {
        endpoints: [
          { url: 'http://a', weight: 3 },
          { url: 'http://b', weight: 1 },
        ],
      },
    );
    const asked = await inOrder(ask, 8);
    expect(asked.join(' ')).toBe('a a b a a a b a');
  });

  it.each([
    ['all are 0', [0, 0], 50],
    ['others have more', [0, 100], 0],
  ])(
    'of weight 0 are used as often as others when all are 0, and hardly ever otherwise: %s',
    async (_, weights, least) => {
      const endpoints = weights.map((weight, index) => ({ url: `http://${'ab'[index]}`, weight }));
      const { ask } = open({}, { endpoints });
      const asked = (await inOrder(ask, 100)).filter((name) => name === 'a').length;
      expect([least, least + 1]).toContain(asked);
    },
  );

  it('with more weight may have more in hand', async () => {
    const { ask } = open(
      { balancing: 'least-pending' },
      {
        endpoints: [
          { url: 'http://a', weight: 3 },
          { url: 'http://b', weight: 1 },
        ],
      },
    );
    expect((await inOrder(ask, 8)).filter((name) => name === 'a')).toHaveLength(6);
  });

  it('of a lower priority are used while none of a better one is well', async () => {
    const { ask, clock } = open(
      { ejection: { consecutiveFailures: 1, duration: 100 } },
      {
        endpoints: [
          { url: 'http://spare', priority: 2 },
          { url: 'http://main', priority: 1 },
        ],
      },
    );
    expect([await ask('success'), await ask('failure')]).toEqual(['http://main', 'http://main']);
    expect(await ask('success')).toBe('http://spare');
    await clock.advance(100);
    expect(await ask('success')).toBe('http://main');
  });

  it('are found anew after their time, while the last answer serves', async () => {
    const { ask, source, clock } = open({}, { endpoints: [{ url: 'http://a' }], ttl: 2_000 });
    await ask();
    await ask();
    expect(source.asked).toBe(1);
    source.answer = { endpoints: [{ url: 'http://c/' }] };
    await clock.advance(2_000);
    expect(await ask()).toBe('http://a');
    await clock.advance(0);
    expect([source.asked, await ask()]).toEqual([2, 'http://c']);
  });

  it.each([
    ['is away', undefined],
    ['knows none', { endpoints: [] }],
  ])('serve on when the source %s', async (_, answer) => {
    const { ask, source, clock } = open();
    await ask();
    source.answer = answer;
    for (const _again of [1, 2, 3]) {
      await clock.advance(60_000);
      expect(await ask()).toMatch(/^http:/);
    }
    expect(source.asked).toBeGreaterThan(2);
  });

  it('fail when there never were any', async () => {
    const { ask, source } = open();
    source.answer = undefined;
    await expect(ask()).rejects.toMatchObject({ code: 'LC_SERVICE_UNAVAILABLE', cause: new Error('away') });
  });
});
