import type * as Sdk from '@aws-sdk/client-sns';

/** The package is an optional peer, so it loads on first use; CommonJS in both builds, as Jest runs without VM modules. */
export const loadSnsSdk = (): Pick<typeof Sdk, 'SNS'> => require('@aws-sdk/client-sns');
