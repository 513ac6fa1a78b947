const [{ placeAnOrder }] = await Promise.all([
  import('./shop.js'),
  import('nestjs-loose-coupling/messaging'),
  import('@nestjs/core'),
  import('nestjs-loose-coupling'),
  import('nestjs-loose-coupling/event-sourcing'),
]);

await placeAnOrder();
