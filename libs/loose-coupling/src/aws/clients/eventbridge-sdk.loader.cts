import type * as Sdk from '@aws-sdk/client-eventbridge';

/** The package is an optional peer, so it loads on first use; CommonJS in both builds, as Jest runs without VM modules. */
export const loadEventBridgeSdk = (): Pick<typeof Sdk, 'EventBridge'> => require('@aws-sdk/client-eventbridge');
