import { join } from 'node:path';
import { describeEventStoreContract } from 'nestjs-loose-coupling/testing';
import { runCommand } from '../support/run-command.js';
import { AUDITED_PARTS, openAudited } from './audited-event-store.js';

describeEventStoreContract('a third store', openAudited, { parts: AUDITED_PARTS });

describe('the contract of event stores under node:test', () => {
  it('runs, passes for a store that keeps it, and fails for one that does not', async () => {
    const args = [
      '--test-reporter=tap',
      '--require',
      join(__dirname, '../support/run-typescript.cjs'),
      'third-store.child.ts',
    ];
    const { output } = await runCommand(process.execPath, args, __dirname, 60_000);
    const results = [...output.matchAll(/^(not ok|ok) \d+ - the contract of event stores: (.+)$/gm)];
    expect(results.map(([, result, name]) => [name, result])).toEqual([
      ['a third store', 'ok'],
      ['a store that forgets', 'not ok'],
    ]);
  }, 90_000);
});
