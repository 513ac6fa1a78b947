import type * as Sdk from '@aws-sdk/client-s3';

/** The package is an optional peer, so it loads on first use; CommonJS in both builds, as Jest runs without VM modules. */
export const loadS3Sdk = (): Pick<typeof Sdk, 'S3'> => require('@aws-sdk/client-s3');
