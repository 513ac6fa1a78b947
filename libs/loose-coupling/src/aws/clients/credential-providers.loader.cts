import type * as Sdk from '@aws-sdk/credential-providers';

/** Needed only by a connection that has a role. */
export const loadCredentialProviders = (): Pick<typeof Sdk, 'fromTemporaryCredentials'> =>
  require('@aws-sdk/credential-providers');
