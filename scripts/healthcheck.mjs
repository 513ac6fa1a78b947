// Exit code 0 when the service in this container answers: what the image's health check asks.
const port = process.env.ORDER_PORT ?? process.env.INVENTORY_PORT ?? process.argv[2];
const healthy = await fetch(`http://127.0.0.1:${port}/health`).then(
  ({ ok }) => ok,
  () => false,
);
process.exitCode = healthy ? 0 : 1;
