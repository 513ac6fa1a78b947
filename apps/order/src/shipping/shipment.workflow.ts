import { defineWorkflow, type StepContext } from 'nestjs-loose-coupling/workflow';
import type { Carrier } from './carrier.js';

export interface ShipmentInput {
  readonly orderId: string;
  readonly parcels: readonly { readonly sku: string; readonly quantity: number }[];
}

const SLOT = 'reserve-slot';
const LABEL = 'print-label';
const slotOf = ({ results }: StepContext<ShipmentInput>): string => String(results[SLOT]);

/** A slot, a label for each parcel, the hand-over; what is done is undone when the van does not take it, or the order is cancelled. */
export const shipOrder = (carrier: Carrier) =>
  defineWorkflow<ShipmentInput>({
    name: 'ship-order',
    steps: [
      {
        kind: 'task',
        name: SLOT,
        run: ({ idempotencyKey }) => carrier.reserveSlot(idempotencyKey),
        compensate: (context) => carrier.releaseSlot(slotOf(context)),
      },
      {
        kind: 'forEach',
        name: 'labels',
        items: ({ input }) => input.parcels,
        steps: [
          {
            kind: 'task',
            name: LABEL,
            run: ({ idempotencyKey }) => carrier.printLabel(idempotencyKey),
            compensate: ({ results }) => carrier.voidLabel(String(results[LABEL])),
          },
        ],
      },
      {
        kind: 'task',
        name: 'hand-over',
        // A van does not grow.
        retry: { attempts: 1 },
        run: (context) =>
          carrier.handOver(
            slotOf(context),
            context.input.parcels.reduce((sum, { quantity }) => sum + quantity, 0),
          ),
      },
    ],
    output: ({ results }) => ({ slot: results[SLOT], labels: results['labels'] }),
  });
