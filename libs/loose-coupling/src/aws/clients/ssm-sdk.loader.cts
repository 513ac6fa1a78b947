import type * as Sdk from '@aws-sdk/client-ssm';

/** The package is an optional peer, so it loads on first use; CommonJS in both builds, as Jest runs without VM modules. */
export const loadSsmSdk = (): Pick<typeof Sdk, 'SSM'> => require('@aws-sdk/client-ssm');
