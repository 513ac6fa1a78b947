import * as fc from 'fast-check';
import { findSyntaxError } from './find-syntax-error.js';
import { lineOf } from './locate.js';
import { readConfig } from './read-config.js';

describe('a provisioning file', () => {
  it('has the defaults of the document', () => {
    expect(readConfig('{}')).toMatchObject({
      project_name: 'loose-coupling-demo',
      aws_region: 'us-east-1',
      deployment_stage: 'dev',
      message_queues: [],
    });
    expect(readConfig('{ "message_queues": [{ "name": "orders" }] }').message_queues).toMatchObject([
      { visibility_timeout_seconds: 30, message_retention_seconds: 1_209_600, max_receive_count: 3, fifo: false },
    ]);
  });

  it('takes a pattern as JSON or as a text of it, and numbers as texts', () => {
    const pattern = { source: ['shop'] };
    const rules = [
      { name: 'a', event_pattern: pattern },
      { name: 'b', event_pattern: JSON.stringify(pattern) },
    ];
    const text = JSON.stringify({
      event_rules: rules,
      message_queues: [{ name: 'q', visibility_timeout_seconds: '60' }],
    });
    const config = readConfig(text);
    expect(config.event_rules.map(({ event_pattern: given }) => given)).toEqual([pattern, pattern]);
    expect(config.message_queues[0]?.visibility_timeout_seconds).toBe(60);
  });

  it('is refused with the line and the path of every fault', () => {
    const text = `{
  "project_name": "shop with spaces",
  "message_queues": [
    { "name": "orders", "visibility_timeout_seconds": 50000 },
    { "name": "orders" },
    {}
  ],
  "pub_sub_topics": [{ "name": "t", "subscriptions": [{ "queue": "nobody" }] }],
  "event_rules": [{ "name": "r", "event_pattern": "{" }]
}`;
    expect(() => readConfig(text, 'shop.json')).toThrow(
      expect.objectContaining({
        code: 'LC_INVALID_CONFIG',
        faults: expect.arrayContaining([
          expect.stringMatching(/^line 2, project_name: expected letters.*got "shop with spaces"/),
          expect.stringMatching(/^line 4, message_queues\[0\].visibility_timeout_seconds: .*got 50000/),
          expect.stringMatching(/^line 5, message_queues\[1\].name: "orders" is there twice/),
          expect.stringMatching(/^line 6, message_queues\[2\].name: .*got nothing/),
          expect.stringMatching(/^line 8, .*no queue "nobody"/),
          expect.stringMatching(/^line 9, event_rules\[0\].event_pattern/),
        ]) as unknown,
      }),
    );
  });

  it('that is no JSON is refused with the line', () => {
    expect(() => readConfig('{\n  "a": 1,\n  oops\n}', 'x.json')).toThrow(
      /x\.json cannot be used:\n.*line 3: it is not JSON/,
    );
  });

  it('finds where any text stops being JSON', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.nat(), (text, at) => {
        expect(findSyntaxError(text)).toBe(text.length);
        const where = at % (text.length + 1);
        // Nothing but a text may have this character.
        const broken = `${text.slice(0, where)}\u0001${text.slice(where)}`;
        expect(() => JSON.parse(broken)).toThrow(SyntaxError);
        expect(findSyntaxError(broken)).toBeLessThanOrEqual(where);
      }),
      { seed: 42 },
    );
    const lines = ['{', '  "a": [1, 2],', '  "b": { "c": tru },', '  "d": 1', '}'];
    expect(findSyntaxError(lines.join('\n'))).toBe(lines.join('\n').indexOf('tru'));
    expect(findSyntaxError('{"a": 1')).toBe(7);
    expect(findSyntaxError('[1,]')).toBe(3);
    expect(findSyntaxError('{"a" 1}')).toBe(5);
    expect(findSyntaxError('{"a": 1} x')).toBe(9);
  });

  it('says what its other parts must be', () => {
    const faultsOf = (config: object): string => {
      try {
        readConfig(JSON.stringify(config));
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    };
    const queues = { message_queues: [{ name: 'q' }, { name: 'f', fifo: true }] };
    const topics = { pub_sub_topics: [{ name: 't' }, { name: 'tf', fifo: true, subscriptions: [{ queue: 'q' }] }] };
    expect(faultsOf({ ...queues, ...topics })).toMatch(/subscriptions\[0\]\.queue: queue "q" keeps no order/);
    expect(faultsOf({ name_pattern: '{stage}' })).toMatch(/name_pattern: expected \{name\}/);
    expect(faultsOf({ alarms: { notify: ['nobody'] } })).toMatch(/alarms\.notify\[0\]: there is no topic "nobody"/);
    expect(faultsOf({ pub_sub_topics: [{ name: 'tf', fifo: true }], alarms: { notify: ['tf'] } })).toMatch(
      /cannot notify/,
    );
    expect(faultsOf({ circuit_breaker: false, alarms: { open_circuits: true } })).toMatch(/there is none/);
    expect(faultsOf({ circuit_breaker: { failure_threshold: 0 } })).toMatch(/circuit_breaker\.failure_threshold/);
    expect(faultsOf({ circuit_breaker: 'yes' })).toMatch(/circuit_breaker: expected true or false/);
    expect(faultsOf({ message_queues: [{ name: 'q'.repeat(60) }] })).toMatch(/has \d+ characters; at most 80/);
    expect(faultsOf({ event_rules: [{ name: 'r'.repeat(60), event_pattern: {} }] })).toMatch(/at most 64/);
    expect(faultsOf({ project_name: 'p'.repeat(60) })).toMatch(/project_name: its name on AWS/);
  });

  it('refuses a queue that has the name of the dead-letter queue of another', () => {
    const text = JSON.stringify({ message_queues: [{ name: 'orders' }, { name: 'orders-dlq' }] });
    expect(() => readConfig(text)).toThrow(/message_queues\[1\]\.name: "orders-dlq" .* dead-letter queue of "orders"/);
  });

  it('is never misread: the line of any value is found, whatever the JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const value: unknown = JSON.parse(text);
        const paths = pathsOf(value);
        const pretty = JSON.stringify(value, null, 1);
        for (const path of paths) expect(lineOf(pretty, path)).toBeGreaterThan(0);
        // Each item of a list of simple values stands on its own line.
        const list = JSON.stringify([0, '"[,]{}\\\\', true, null, 'x'], null, 1);
        expect([0, 1, 2, 3, 4].map((index) => lineOf(list, [index]))).toEqual([2, 3, 4, 5, 6]);
      }),
      { seed: 42 },
    );
  });
});

function pathsOf(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [path, ...entries.flatMap(([key, item]) => pathsOf(item, [...path, key]))];
}
