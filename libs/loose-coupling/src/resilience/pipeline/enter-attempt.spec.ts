import { AsyncLocalStorage } from 'node:async_hooks';
import { Attempt } from './attempt.js';
import { attemptInProgress } from './current-attempt.js';
import { enterByResource, enterByRun } from './enter-attempt.js';
import { PipelineRig } from './testing/pipeline-rig.js';

describe.each([
  ['run, as before Node 24', enterByRun],
  ['a resource, as from Node 24', enterByResource],
])('an attempt entered by %s', (_how, enter) => {
  const attempt = (number: number): Attempt =>
    new Attempt(number, new PipelineRig(), { name: 'rig' }, undefined, undefined);
  const numberNow = (): number | undefined => attemptInProgress()?.attempt;
  const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

  it('is that of its work, after every wait too, however many are under way at once', async () => {
    const work = async (waits: number): Promise<unknown[]> => {
      const seen = [numberNow()];
      for (let wait = 0; wait < waits; wait++) {
        await (wait % 2 === 0 ? undefined : turn());
        seen.push(numberNow());
      }
      return seen;
    };
    const calls = [3, 1, 2].map((number) => enter(attempt(number), work, undefined, [number]));
    expect(numberNow()).toBeUndefined();
    expect(await Promise.all(calls)).toEqual([
      [3, 3, 3, 3],
      [1, 1],
      [2, 2, 2],
    ]);
    expect(numberNow()).toBeUndefined();
  });

  it('gives way to one within it, and is there again after that', async () => {
    const work = async (): Promise<unknown[]> => {
      const inner = enter(attempt(2), async () => (await turn(), numberNow()), undefined, []);
      const between = numberNow();
      return [await inner, between, numberNow()];
    };
    expect(await enter(attempt(1), work, undefined, [])).toEqual([2, 1, 1]);
  });

  it('is left by work that throws at once', () => {
    const fault = new Error('at once');
    const work = (): never => {
      throw fault;
    };
    expect(() => enter(attempt(1), work, undefined, [])).toThrow(fault);
    expect(numberNow()).toBeUndefined();
  });

  it('leaves what others keep in the context where it is, and takes nothing of it out', async () => {
    const request = new AsyncLocalStorage<string>();
    await request.run('one', async () => {
      const work = async (): Promise<unknown> => (await turn(), request.getStore());
      const call = enter(attempt(1), work, undefined, []);
      request.enterWith('two');
      expect(await call).toBe('one');
      expect(request.getStore()).toBe('two');
    });
  });

  it('hands on what the work is called on, and its arguments', async () => {
    const self = { rate: 3 };
    function times(this: typeof self, value: number): number {
      return this.rate * value;
    }
    await expect(enter(attempt(1), times, self, [14])).resolves.toBe(42);
  });
});
