import type * as Sdk from '@aws-sdk/client-secrets-manager';

/** The package is an optional peer, so it loads on first use; CommonJS in both builds, as Jest runs without VM modules. */
export const loadSecretsManagerSdk = (): Pick<typeof Sdk, 'SecretsManager'> =>
  require('@aws-sdk/client-secrets-manager');
