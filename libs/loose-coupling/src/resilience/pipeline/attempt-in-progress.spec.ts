import { AsyncResource } from 'node:async_hooks';
import { compilePipeline } from './compile-pipeline.js';
import { currentAttempt, detached } from './current-attempt.js';
import { Job, outcomeOf, PipelineRig } from './testing/pipeline-rig.js';

describe('a call made in the context of an attempt', () => {
  let rig: PipelineRig;
  let job: Job;
  beforeEach(() => {
    rig = new PipelineRig();
    job = new Job();
  });

  const inner = () => compilePipeline({ name: 'inner', retry: rig.retry(1) }, rig);

  /** Runs `job` behind a timeout of 100 ms; `within` runs code in the context of that. */
  function startOuter() {
    const outer = compilePipeline({ name: 'outer', timeout: rig.timeout(100) }, rig);
    const contexts: AsyncResource[] = [];
    const call = outcomeOf(
      outer.call(() => (contexts.push(new AsyncResource('connection')), job.run()), undefined, []),
    );
    return { call, within: <R>(code: () => R): R => (contexts[0] as AsyncResource).runInAsyncScope(code) };
  }

  it('fails with the attempt while the work of that runs, and does not any more once the work has settled', async () => {
    const { call, within } = startOuter();
    await rig.clock.advance(100);
    expect(call.error).toMatchObject({ code: 'LC_OPERATION_TIMEOUT' });
    const ping = () => inner().call(() => 'pong', undefined, []);
    await expect(within(ping)).rejects.toBe(call.error);
    expect(within(currentAttempt)?.signal.reason).toBe(call.error);
    job.resolve('late');
    await rig.clock.advance(0);
    await expect(within(ping)).resolves.toBe('pong');
    expect(within(currentAttempt)).toBeUndefined();
  });

  it('belongs, once its attempt is over, to the attempt around that', async () => {
    const { call, within } = startOuter();
    const connections: AsyncResource[] = [];
    await within(() => inner().call(() => void connections.push(new AsyncResource('connection')), undefined, []));
    const [connection] = connections as [AsyncResource];
    const later = outcomeOf(
      connection.runInAsyncScope(() => inner().call(() => new Promise(() => undefined), undefined, [])),
    );
    await rig.clock.advance(100);
    expect(later.error).toBe(call.error);
  });

  it('is made all the same, and is not cancelled, when it is detached', async () => {
    const { call, within } = startOuter();
    const refund = new Job();
    const undo = () => detached(() => inner().call(refund.run, undefined, []));
    const early = outcomeOf(within(undo));
    await rig.clock.advance(100);
    const late = outcomeOf(within(undo));
    expect(within(() => detached(currentAttempt))).toBeUndefined();
    refund.resolve('first');
    refund.resolve('second');
    await rig.clock.advance(0);
    expect([call.settled, early.value, late.value]).toEqual([1, 'first', 'second']);
  });
});
