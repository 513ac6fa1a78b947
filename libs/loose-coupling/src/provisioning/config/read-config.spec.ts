import * as fc from 'fast-check';
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
      /x\.json cannot be used:\n.*(line 3: )?it is not JSON/,
    );
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
