import { serviceUrl } from '@shop/http';

/** Injection token of where inventory listens, without a slash at the end. */
export const INVENTORY_URL = Symbol('INVENTORY_URL');

/** `INVENTORY_URL`, default http://127.0.0.1:3002; read when the application is made. */
export const inventoryUrlProvider = {
  provide: INVENTORY_URL,
  useFactory: (): string => serviceUrl('INVENTORY_URL', 'http://127.0.0.1:3002'),
};
