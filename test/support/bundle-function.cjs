/** Once before all tests: what `loose-coupling implement` deploys, of the sources as they are. */
module.exports = async () => {
  const { bundleFunction } = await import('../../scripts/bundle-function.mjs');
  await bundleFunction();
};
