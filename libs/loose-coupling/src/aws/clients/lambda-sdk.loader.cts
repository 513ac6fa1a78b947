import type * as Sdk from '@aws-sdk/client-lambda';

/** The package is an optional peer, so it loads on first use; CommonJS in both builds, as Jest runs without VM modules. */
export const loadLambdaSdk = (): Pick<typeof Sdk, 'Lambda'> => require('@aws-sdk/client-lambda');
