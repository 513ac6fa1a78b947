import { createServer } from 'node:http';
import { deferred, errorOf, fail, sleep } from '../scenario.mjs';

export const timeoutAndRetry = [
  {
    id: 'cockatiel-7',
    title: 'An abort by the caller is reported as a timeout',
    async run({ timeout, TimeoutStrategy }) {
      const policy = timeout(10_000, TimeoutStrategy.Aggressive);
      let timeouts = 0;
      policy.onTimeout(() => timeouts++);
      const caller = new AbortController();
      const call = errorOf(() => policy.execute(() => deferred().promise, caller.signal));
      caller.abort(new Error('the client went away'));
      const { message } = await call;
      return {
        defective: message.includes('timed out') && timeouts === 1,
        seen: `“${message}” after some milliseconds, and ${timeouts} onTimeout event`,
      };
    },
  },
  {
    id: 'cockatiel-8',
    title: 'The signal is aborted after success, so that a response body cannot be read',
    async run({ timeout, TimeoutStrategy }) {
      const server = createServer((_request, response) => {
        response.write('first');
        setTimeout(() => response.end('second'), 50);
      });
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
      try {
        const url = `http://127.0.0.1:${server.address().port}`;
        const policy = timeout(10_000, TimeoutStrategy.Aggressive);
        const response = await policy.execute(({ signal }) => fetch(url, { signal }));
        const error = await errorOf(() => response.text());
        return { defective: error?.name === 'AbortError', seen: `reading the body: ${error?.name ?? 'fine'}` };
      } finally {
        server.closeAllConnections();
        server.close();
      }
    },
  },
  {
    id: 'cockatiel-9',
    title: 'A retry waits on after the abort and tries once more',
    async run({ retry, handleAll, ConstantBackoff }) {
      const policy = retry(handleAll, { maxAttempts: 5, backoff: new ConstantBackoff(200) });
      const caller = new AbortController();
      const attempts = [];
      const started = performance.now();
      const call = errorOf(() =>
        policy.execute(() => {
          attempts.push(caller.signal.aborted);
          return fail();
        }, caller.signal),
      );
      await sleep(10);
      caller.abort();
      await call;
      const waited = performance.now() - started;
      return {
        defective: attempts.includes(true) && waited > 150,
        seen: `gave up ${Math.round(waited)} ms after the start (aborted at 10 ms), after another attempt`,
      };
    },
  },
];
