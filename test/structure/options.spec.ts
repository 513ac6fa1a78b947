import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Test } from '@nestjs/testing';
import { InvalidOptionsError, LooseCouplingModule } from 'nestjs-loose-coupling';
import { ROOT } from '../support/project-files.js';

const odd = { odd: 1 };
/** One option too many at each place that has options; what is known there comes back in the faults. */
const tries = [
  {
    ...odd,
    transport: { type: 'local', ...odd },
    store: { type: 'sqlite', ...odd },
    consumer: { ...odd, retry: odd },
    sqsConsumers: [odd],
    inbox: odd,
    outbox: { ...odd, retry: odd },
    personalData: odd,
    tenancy: { type: 'store', ...odd },
    resilience: { ...odd, sharedState: { type: 'sqlite', ...odd } },
    aws: { ...odd, connections: { '<name>': odd } },
  },
  {
    transport: { type: 'aws', ...odd, publisher: odd, claimCheck: odd },
    store: { type: 'dynamodb', ...odd },
    resilience: { sharedState: { type: 'dynamodb', ...odd } },
  },
  { resilience: { sharedState: { type: 'custom', ...odd } } },
];

/** These have a guide of their own, and `type` is in the row of what it is the type of. */
const elsewhere = (path: string): boolean => /^services|^sqsConsumers\[|\.type$/.test(path);

async function knownOptions(): Promise<string[]> {
  const known = new Set<string>();
  for (const options of tries) {
    const imported = LooseCouplingModule.forRoot(options as never);
    const error: unknown = await Test.createTestingModule({ imports: [imported] })
      .compile()
      .catch((reason: unknown) => reason);
    const { faults } = error as InvalidOptionsError;
    for (const fault of faults) {
      const found = /^(?<path>.*?)odd: unknown option; known are (?<names>.*)$/.exec(fault)?.groups;
      for (const name of found?.['names']?.split(', ') ?? []) known.add(`${found?.['path']}${name}`);
    }
  }
  return [...known].filter((path) => !elsewhere(path));
}

/** The first column; `.table` beside `a.b.file` is `a.b.table`, and those of a list are in one row with it. */
function documented(): Set<string> {
  const all = new Set<string>();
  for (const [, cell = ''] of readFileSync(join(ROOT, 'docs/options.md'), 'utf8').matchAll(/^\| (`.*?) +\|/gm)) {
    let before = '';
    for (const [, name = ''] of cell.matchAll(/`([^`]+)`/g)) {
      before = name.startsWith('.') ? before.replace(/\.[^.]+$/, name) : name;
      all.add(before);
    }
  }
  return all;
}

describe('docs/options.md', () => {
  it('has a row for every option of forRoot', async () => {
    const known = await knownOptions();
    const rows = documented();

    expect(known).toEqual(expect.arrayContaining(['outbox.retry.jitter', 'store.tablePrefix', 'transport.eventBus']));
    // What has no row of its own has rows for all that is in it; those of the transport on AWS are in a table for it.
    const groups = new Set([...rows, ...known].map((path) => path.replace(/\.[^.]+$/, '')));
    const missing = known.filter(
      (path) => !rows.has(path) && !groups.has(path) && !rows.has(path.replace('transport.', '')),
    );
    expect(missing).toEqual([]);
  });
});
