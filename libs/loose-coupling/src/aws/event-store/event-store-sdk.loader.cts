import type * as Sdk from '@aws-sdk/client-dynamodb';

/** The package is an optional peer, so it loads on first use; CommonJS in both builds, as Jest runs without VM modules. */
export const loadEventStoreSdk = (): Pick<typeof Sdk, 'DynamoDB'> => require('@aws-sdk/client-dynamodb');
