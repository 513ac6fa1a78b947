import { compilePipeline } from './compile-pipeline.js';
import type { AttemptContext } from './attempt.port.js';
import { Job, outcomeOf, PipelineRig } from './testing/pipeline-rig.js';

describe('an answer that has begun', () => {
  let rig: PipelineRig;
  beforeEach(() => {
    rig = new PipelineRig();
  });

  const fallback = [{ name: 'f', use: () => 'fallback', on: undefined }];
  const signals: [string, () => AbortSignal | undefined][] = [
    ['without', () => undefined],
    ['with', () => new AbortController().signal],
  ];

  it.each(signals)('(%s a signal of the caller) is not begun again, nor answered by a fallback', async (_w, signal) => {
    const work = jest.fn(async ({ answerBegan }: AttemptContext): Promise<string> => {
      answerBegan();
      return Promise.reject(new Error('broke off'));
    });
    const pipeline = compilePipeline({ name: 'p', fallback, retry: rig.retry(3) }, rig);
    const call = outcomeOf(pipeline.execute(work, signal()));
    await rig.clock.advance(10_000);
    expect(call.error).toEqual(new Error('broke off'));
    expect(work).toHaveBeenCalledTimes(1);
  });

  it.each(signals)('(%s a signal of the caller) has to do when a better one is wanted', async (_w, signal) => {
    const retry = rig.retry(3, { retryIfResult: () => true });
    const work = jest.fn((context: AttemptContext) => (context.answerBegan(), 'poor'));
    const call = outcomeOf(compilePipeline({ name: 'p', retry }, rig).execute(work, signal()));
    await rig.clock.advance(10_000);
    expect([call.value, work.mock.calls.length]).toEqual(['poor', 1]);
  });

  it('is final for the layers around it, too', async () => {
    const set = { name: 'p', fallback, retry: rig.retry(3), timeout: rig.timeout(100) };
    const pipeline = compilePipeline(set, rig, ['timeout', 'retry', 'fallback']);
    const job = new Job();
    const call = outcomeOf(pipeline.execute(({ answerBegan }) => (answerBegan(), job.run())));
    await rig.clock.advance(1_000);
    expect(call.settled).toBe(0);
    job.reject(new Error('broke off'));
    await rig.clock.advance(1_000);
    expect([call.error, job.calls]).toEqual([new Error('broke off'), 1]);
  });

  it('of an attempt that was given up changes nothing', async () => {
    const attempts: AttemptContext[] = [];
    const job = new Job();
    const pipeline = compilePipeline({ name: 'p', fallback, retry: rig.retry(3), timeout: rig.timeout(100) }, rig);
    const call = outcomeOf(pipeline.execute((attempt) => (attempts.push(attempt), job.run())));
    await rig.clock.advance(200);
    attempts[0]?.answerBegan();
    await rig.clock.advance(1_000);
    expect([job.calls, call.value]).toEqual([3, 'fallback']);
  });

  it('can be told of where nothing would end or repeat it', async () => {
    const pipeline = compilePipeline({ name: 'p', circuitBreaker: rig.breaker() }, rig);
    await expect(pipeline.execute(({ answerBegan }) => (answerBegan(), 'answer'))).resolves.toBe('answer');
  });
});
