import type * as Sdk from '@aws-sdk/client-sqs';

/** The package is an optional peer, so it loads on first use; CommonJS in both builds, as Jest runs without VM modules. */
export const loadSqsSdk = (): Pick<typeof Sdk, 'SQS'> => require('@aws-sdk/client-sqs');
