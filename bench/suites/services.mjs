import { OURS } from '../harness/measure.mjs';
import { asking, openAxios, openOurs, openUndici } from './services/clients.mjs';
import { closeRedis, hasRedis } from './services/redis.mjs';
import { bullmq, byHand, oursInMemory, oursOnSqlite, running } from './services/workflows.mjs';

const UNDICI = 'undici';
const AXIOS = '@nestjs/axios and opossum';
const BY_HAND = 'an async function';
const BULLMQ = 'BullMQ flows';
const ONE = 'one after another';
const MANY = '50 at once';
const WORKFLOWS = '100 workflows of ten steps at once';

export function suite({ quick, peers }) {
  const calls = quick ? 40 : 4_000;
  const workflows = quick ? 5 : 100;
  const redis = peers && hasRedis();
  const clients = [[OURS, openOurs], [UNDICI, openUndici], ...(peers ? [[AXIOS, openAxios]] : [])];
  return {
    name: 'services',
    rounds: 7,
    packages: ['undici', ...(peers ? ['@nestjs/axios', 'axios', 'opossum-8', 'bullmq'] : [])],
    title: 'Service clients and workflows',
    text: 'The service that is asked runs in a process of its own on the same machine, and shares its processors.',
    groups: [
      {
        title: 'A GET over HTTP',
        unit: 'calls/s',
        text: 'Ours has its contract, timeout, retry and circuit breaker, as it comes; undici is called barely; axios has a timeout and a breaker.',
        cases: [
          ...clients.map(([subject, open]) => asking(subject, ONE, calls / 2, 1, open)),
          ...clients.map(([subject, open]) => asking(subject, MANY, calls, 50, open)),
        ],
        targets: [
          atLeast('0.6 × bare undici, 50 at once', 0.6, MANY, UNDICI),
          ...(peers ? [atLeast('1.5 × @nestjs/axios with a breaker, 50 at once', 1.5, MANY, AXIOS)] : []),
        ],
      },
      {
        title: 'Workflows',
        unit: 'steps/s',
        text:
          'Steps that do nothing, so that what is measured is the engine: ours stores each, in memory or on a file; the function stores nothing. ' +
          (redis || !peers
            ? 'BullMQ stores in a Redis without persistence.'
            : 'BullMQ: redis-server is not installed here.'),
        cases: [
          running(OURS, WORKFLOWS, workflows, oursOnSqlite),
          running(`${OURS}, in memory`, WORKFLOWS, workflows, oursInMemory),
          running(BY_HAND, WORKFLOWS, workflows, byHand),
          ...(redis ? [running(BULLMQ, WORKFLOWS, workflows, bullmq)] : []),
        ],
        targets: redis ? [atLeast('1 × BullMQ flows, on a file', 1, WORKFLOWS, BULLMQ)] : [],
      },
    ],
    close: closeRedis,
  };
}

const atLeast = (text, factor, variant, other) => ({
  text: `at least ${text}`,
  atLeast: factor,
  value: (figure) => figure(OURS, variant).rate.median / figure(other, variant).rate.median,
});
