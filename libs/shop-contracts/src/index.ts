export { OrderPlaced, OrderCancelled, type OrderPlacedData, type OrderCancelledData } from './order-events.js';
export { StockReserved, StockRejected, type StockReservedData, type StockRejectedData } from './stock-events.js';
export { shopTransport } from './shop-transport.js';
export { shopStore } from './shop-store.js';
