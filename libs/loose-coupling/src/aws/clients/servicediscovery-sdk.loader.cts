import type * as Sdk from '@aws-sdk/client-servicediscovery';

/** The package is an optional peer, so it loads on first use; CommonJS in both builds, as Jest runs without VM modules. */
export const loadServiceDiscoverySdk = (): Pick<typeof Sdk, 'ServiceDiscovery'> =>
  require('@aws-sdk/client-servicediscovery');
