import { toEnvelope } from '../scenario/scenario-event.js';
import { EventType } from '../event-types/event-type.decorator.js';
import type { DocumentEditor } from '../subscriptions/document-batch.js';
import { On } from './on.decorator.js';
import { ProjectionModel } from './projection-model.js';
import { Projection } from './projection.decorator.js';

@EventType('till.paid')
class Paid {
  readonly amount = 1;
}

const context = { attempt: 1, signal: new AbortController().signal, documents: {} as DocumentEditor };
const paid = toEnvelope(new Paid(), 'till-1', 1, 0);

describe('a projection with two methods for one event', () => {
  it('fails with one error, and leaves no rejection for the process to die of', async () => {
    @Projection({ name: 'two' })
    class Two {
      @On(Paid)
      async first(): Promise<void> {
        await Promise.resolve();
        throw new Error('first');
      }

      @On(Paid)
      second(): void {
        throw new Error('second');
      }
    }
    const unhandled = jest.fn();
    process.on('unhandledRejection', unhandled);
    const handling = async () => ProjectionModel.of(new Two()).handle(paid, context);
    await expect(handling()).rejects.toThrow('first');
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it('does not fail while one of them is still at work, as it would be run again beside itself', async () => {
    const at: string[] = [];
    let finish = (): void => undefined;
    const work = new Promise<void>((resolve) => (finish = resolve));

    @Projection({ name: 'slow' })
    class Slow {
      @On(Paid)
      async failing(): Promise<void> {
        throw new Error('no');
      }

      @On(Paid)
      async slow(): Promise<void> {
        await work;
        at.push('slow has ended');
      }
    }
    const handling = Promise.resolve(ProjectionModel.of(new Slow()).handle(paid, context)).catch(() =>
      at.push('failed'),
    );
    await new Promise((resolve) => setImmediate(resolve));
    finish();
    await handling;
    expect(at).toEqual(['slow has ended', 'failed']);
  });
});
