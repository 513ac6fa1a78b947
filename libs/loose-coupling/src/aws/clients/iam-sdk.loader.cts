import type * as Sdk from '@aws-sdk/client-iam';

/** The package is an optional peer, so it loads on first use; CommonJS in both builds, as Jest runs without VM modules. */
export const loadIamSdk = (): Pick<typeof Sdk, 'IAM'> => require('@aws-sdk/client-iam');
