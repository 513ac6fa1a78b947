import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { z } from 'zod';
import { readConfig } from './read-config.js';

const FILE = join(__dirname, '../../../loose-coupling-config.schema.json');
const schema = z.fromJSONSchema(JSON.parse(readFileSync(FILE, 'utf8')) as Parameters<typeof z.fromJSONSchema>[0]);

const accepts = (config: object): boolean => {
  try {
    readConfig(JSON.stringify(config));
    return true;
  } catch {
    return false;
  }
};

/** Of each key, values that are right and values that are not; names differ, and refer to nothing that is not there. */
const any = fc.constantFrom<unknown>('', 'a b', 'ok', 0, 1, 59, 60, 1.5, -1, 43_201, 1_209_601, true, [], {}, [1]);
const optional = (keys: Readonly<Record<string, fc.Arbitrary<unknown>>>, required: readonly string[] = []) =>
  fc.record(keys, { requiredKeys: [...required] });
const mostly = (right: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 60, arbitrary: right }, { weight: 1, arbitrary: any });
const flag = mostly(fc.boolean());
const number = (...values: number[]) => mostly(fc.constantFrom(...values));

const queue = optional(
  {
    name: mostly(fc.constant('orders')),
    visibility_timeout_seconds: number(0, 43_200),
    message_retention_seconds: number(60, 1_209_600),
    max_receive_count: number(1, 1_000),
    fifo: flag,
    kms_key_id: mostly(fc.constant('alias/shop')),
    handler_timeout_seconds: number(1, 43_200),
  },
  ['name'],
);
const topic = optional({ name: mostly(fc.constant('news')), fifo: flag, kms_key_id: mostly(fc.constant('k')) }, [
  'name',
]);
const rule = optional(
  { name: mostly(fc.constant('placed.v1')), event_pattern: mostly(fc.constantFrom<unknown>({}, '{"source":["a"]}')) },
  ['name', 'event_pattern'],
);
const breaker = optional({
  function: flag,
  failure_threshold: number(1, 1_000_000),
  timeout_seconds: number(1, 86_400),
  half_open_max_calls: number(1),
});
const listOf = (item: fc.Arbitrary<unknown>) => mostly(fc.array(item, { maxLength: 1 }));
const config = optional({
  project_name: mostly(fc.constant('shop')),
  aws_region: mostly(fc.constant('eu-west-1')),
  deployment_stage: mostly(fc.constant('dev')),
  name_pattern: mostly(fc.constantFrom('{stage}-{name}', 'a-{name}', 'a_{name}', '{name}{other}')),
  event_bus: mostly(fc.constant('shop')),
  message_queues: listOf(queue),
  pub_sub_topics: listOf(topic),
  event_rules: listOf(rule),
  circuit_breaker: mostly(fc.oneof(fc.boolean(), breaker)),
  alarms: mostly(optional({ dead_letters: flag, notify: fc.constant([]) })),
  tags: mostly(fc.constantFrom<unknown>({}, { team: 'shop' }, { a: 'b' }, { team: 1 })),
  unknown: any,
});

describe('the JSON schema for editors', () => {
  it('accepts and refuses the same files as the command', () => {
    let refused = 0;
    fc.assert(
      fc.property(config, (given) => {
        const wanted = accepts(given);
        if (!wanted) refused += 1;
        expect({ given, accepted: schema.safeParse(given).success }).toEqual({ given, accepted: wanted });
      }),
      { seed: 7, numRuns: 2_000 },
    );
    // Both happen often, or this says little.
    expect(refused).toBeGreaterThan(300);
    expect(refused).toBeLessThan(1_700);
  });

  it('knows every key of the reader', () => {
    const keys = [...readFileSync(join(__dirname, 'provisioning-config.ts'), 'utf8').matchAll(/readonly (\w+)\??:/g)];
    const text = readFileSync(FILE, 'utf8');
    expect(keys.map(([, key]) => key).filter((key) => !text.includes(`"${key}": {`))).toEqual([]);
  });
});
