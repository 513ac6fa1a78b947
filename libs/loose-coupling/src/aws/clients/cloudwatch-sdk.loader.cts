import type * as Sdk from '@aws-sdk/client-cloudwatch';

/** The package is an optional peer, so it loads on first use; CommonJS in both builds, as Jest runs without VM modules. */
export const loadCloudwatchSdk = (): Pick<typeof Sdk, 'CloudWatch'> => require('@aws-sdk/client-cloudwatch');
