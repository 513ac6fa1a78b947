import { Module, type DynamicModule } from '@nestjs/common';
import type { Clock } from '../kernel/index.js';
import { LooseCouplingModule } from '../loose-coupling.module.js';
import type { LooseCouplingOptions } from '../loose-coupling.options.js';
import { FakeClock } from './fake-clock.js';
import { MessageProbe } from './message-probe.js';

export interface LooseCouplingTestingOptions extends Omit<LooseCouplingOptions, 'clock'> {
  /** `'fake'` for a clock that stands still until the test moves it; inject `FakeClock`. Default: the machine's. */
  readonly clock?: Clock | 'fake';
}

/** `LooseCouplingModule` in memory, with a `MessageProbe`, and a `FakeClock` when one is asked for. */
@Module({})
export class LooseCouplingTestingModule {
  static forRoot({ clock, ...options }: LooseCouplingTestingOptions = {}): DynamicModule {
    const fake = clock === 'fake' ? new FakeClock() : clock;
    const clocks = fake instanceof FakeClock ? [{ provide: FakeClock, useValue: fake }] : [];
    return {
      module: LooseCouplingTestingModule,
      global: true,
      imports: [LooseCouplingModule.forRoot({ ...options, ...(fake && { clock: fake }) })],
      providers: [MessageProbe, ...clocks],
      exports: [MessageProbe, ...clocks.map(({ provide }) => provide)],
    };
  }
}
