import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable, Module } from '@nestjs/common';
import { defineCommand, defineEvent, LooseCouplingModule, OnCommand, type EventOf } from 'nestjs-loose-coupling';
import {
  ContinuedBy,
  EventStore,
  EventType,
  OnDeadline,
  ProcessManager,
  ProcessManagers,
  StartedBy,
  type Process,
} from 'nestjs-loose-coupling/event-sourcing';
import { FakeClock } from 'nestjs-loose-coupling/testing';
import { closeApps, startApp, type RunningApp } from '../../messaging/start-app.js';

const Booked = defineEvent<{ id: string; guests: number }>('trip.booked');
const HotelBooked = defineEvent<{ id: string }>('trip.hotel-booked');
const BookHotel = defineCommand<{ id: string; guests: number }>('trip.book-hotel');
const CancelHotel = defineCommand<{ id: string }>('trip.cancel-hotel');

jest.setTimeout(30_000);

const SECOND = 1_000;

@EventType('flight.booked')
class FlightWasBooked {
  constructor(readonly seat: string) {}
}

@Injectable()
class TripSettings {
  readonly seconds = 2;
}

@ProcessManager('trip')
class Trip {
  constructor(private readonly settings: TripSettings) {}

  @StartedBy(Booked, ({ id }) => id)
  booked({ id, guests }: EventOf<typeof Booked>, process: Process): void {
    process.send(BookHotel, { id, guests });
  }

  @ContinuedBy(HotelBooked, ({ id }) => id, { retry: { maxAttempts: 2, initialDelay: 0, maxDelay: 0 } })
  hotelBooked({ id }: { id: string }, process: Process): void {
    process.compensateWith(CancelHotel, { id });
    process.schedule('flight', { after: this.settings.seconds * SECOND });
  }

  @ContinuedBy(FlightWasBooked, (_event, { streamName }) => streamName.slice('flight-'.length))
  flightBooked({ seat }: FlightWasBooked, process: Process): void {
    process.update({ seat });
    process.complete();
  }

  @OnDeadline('flight')
  noFlight(process: Process): void {
    process.compensate();
    process.complete();
  }
}

@Injectable()
class Hotel {
  readonly done: string[] = [];

  @OnCommand(BookHotel)
  book({ id, guests }: { id: string; guests: number }): void {
    this.done.push(`book ${id} for ${guests}`);
  }

  @OnCommand(CancelHotel)
  cancel({ id }: { id: string }): void {
    this.done.push(`cancel ${id}`);
  }
}

@Module({ providers: [TripSettings], exports: [TripSettings] })
class SettingsModule {}

@Module({ imports: [LooseCouplingModule.forFeature({ imports: [SettingsModule], processManagers: [Trip] })] })
class TripModule {}

const folder = mkdtempSync(join(tmpdir(), 'lc-trips-'));
afterEach(closeApps);
afterAll(() => rmSync(folder, { recursive: true }));

describe.each([{ type: 'memory' } as const, { type: 'sqlite', file: join(folder, 'trips.db') } as const])(
  'a process manager in an application, on $type',
  (store) => {
    const start = () => startApp({ imports: [TripModule], providers: [Hotel], store, clock: 'fake', service: 'trips' });
    const clockOf = ({ get }: RunningApp) => get(FakeClock);

    it('is carried on by messages, sends commands and has its deadlines handled', async () => {
      const running = await start();
      const { bus, probe, get } = running;
      await bus.publish(Booked, { id: '1', guests: 2 });
      await probe.consumed(BookHotel);
      await bus.publish(HotelBooked, { id: '1' });
      await probe.consumed(HotelBooked);
      await clockOf(running).advance(2 * SECOND);
      await probe.consumed(CancelHotel);

      expect(get(Hotel).done).toEqual(['book 1 for 2', 'cancel 1']);
      expect(await get(ProcessManagers).find('trip', '1')).toMatchObject({ status: 'completed' });
    });

    it('is carried on by events of the own store', async () => {
      const { bus, probe, get } = await start();
      const events = get(EventStore);
      await bus.publish(Booked, { id: '3', guests: 1 });
      await probe.consumed(Booked, ({ data }) => data.id === '3');
      await events.appendToStream('flight-3', [
        { type: 'flight.asked-for', data: {} },
        { type: 'flight.booked', data: new FlightWasBooked('12A') },
      ]);
      const find = () => get(ProcessManagers).find('trip', '3');
      while ((await find())?.status !== 'completed') await new Promise((resolve) => setImmediate(resolve));
      expect(await find()).toMatchObject({ state: { seat: '12A' } });
    });

    it('has what nothing has started come again, and set aside in the end', async () => {
      const { bus, deadLetter } = await start();
      await bus.publish(HotelBooked, { id: '2' });
      const { details } = await deadLetter('trips-trip-hotel-booked');
      expect(details).toMatchObject({
        errorCode: 'LC_PROCESS_NOT_STARTED',
        handler: 'trips/Trip.hotelBooked',
        attempts: 2,
      });
    });
  },
);

describe('a process manager with partitions', () => {
  it('takes in events of several streams at the same time', async () => {
    const underWay = new Set<string>();
    let allMet = () => undefined as void;
    const met = new Promise<void>((resolve) => (allMet = resolve));

    @ProcessManager('meeting', { partitions: 16 })
    class Meeting {
      @StartedBy(FlightWasBooked, (_event, { streamName }) => streamName)
      async booked(_event: FlightWasBooked, process: Process): Promise<void> {
        underWay.add(process.id);
        if (underWay.size === 3) allMet();
        // Each waits for all: one after another they would wait for ever.
        await met;
        process.complete();
      }
    }

    @Module({ imports: [LooseCouplingModule.forFeature({ processManagers: [Meeting] })] })
    class MeetingModule {}

    const { get } = await startApp({ imports: [MeetingModule], store: { type: 'memory' }, service: 'meetings' });
    const streams = ['flight-a', 'flight-b', 'flight-c'];
    for (const stream of streams) {
      await get(EventStore).appendToStream(stream, [{ type: 'flight.booked', data: new FlightWasBooked('1A') }]);
    }
    await met;
    const find = (id: string) => get(ProcessManagers).find(Meeting, id);
    for (const stream of streams) {
      while ((await find(stream))?.status !== 'completed') await new Promise((resolve) => setImmediate(resolve));
    }
    expect([...underWay].toSorted()).toEqual(streams);
  });
});

describe('a deadline whose process has ended', () => {
  it('is handled by the next one, though the transport was in memory', async () => {
    const options = { imports: [TripModule], providers: [Hotel] };
    const store = { type: 'sqlite', file: join(folder, 'restarted.db') } as const;
    const first = await startApp({ ...options, store, clock: new FakeClock() });
    await first.bus.publish(Booked, { id: '1', guests: 2 });
    await first.probe.consumed(Booked);
    await first.bus.publish(HotelBooked, { id: '1' });
    await first.probe.consumed(HotelBooked);
    await first.close();

    const clock = new FakeClock(new FakeClock().now() + 3600 * SECOND);
    const second = await startApp({ ...options, store, clock });
    await clock.advance(1_000);
    await second.probe.consumed(CancelHotel);
    expect(second.get(Hotel).done).toEqual(['cancel 1']);
  });
});
