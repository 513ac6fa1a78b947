import { limitsOf } from './circuit-limits.js';
import { openCircuitMetric } from './open-circuit-metric.js';

describe('the circuit breaker function', () => {
  it('has the limits of its environment, and leaves out what is no limit', () => {
    expect(limitsOf({})).toEqual({});
    expect(
      limitsOf({
        CIRCUIT_BREAKER_FAILURE_THRESHOLD: '7',
        CIRCUIT_BREAKER_TIMEOUT_SECONDS: '-1',
        CIRCUIT_BREAKER_HALF_OPEN_MAX_CALLS: 'x',
      }),
    ).toEqual({ failureThreshold: 7 });
  });

  it('writes one line that has every key that the embedded metric format asks for', () => {
    const line = openCircuitMetric('mail\nserver', 'circuits', 1_000);
    expect(line).not.toContain('\n');
    const metric = JSON.parse(line) as { _aws: { CloudWatchMetrics: [{ Dimensions: string[][] }] } } & object;
    expect(metric).toMatchObject({ Service: 'mail\nserver', Table: 'circuits', OpenCircuits: 1 });
    const [{ Dimensions }] = metric._aws.CloudWatchMetrics;
    expect(Object.keys(metric)).toEqual(expect.arrayContaining(Dimensions.flat()));
  });
});
