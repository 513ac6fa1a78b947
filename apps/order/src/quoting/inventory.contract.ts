import { defineService } from 'nestjs-loose-coupling/services';
import { z } from 'zod';

/** What order needs of inventory; more may come, and is not looked at. */
export const Inventory = defineService('inventory', {
  operations: {
    product: {
      input: z.object({ sku: z.string() }),
      output: z.object({ sku: z.string(), name: z.string(), unitPrice: z.number(), available: z.number() }),
      http: { method: 'GET', path: '/products/{sku}' },
    },
  },
});
