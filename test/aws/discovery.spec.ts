import { randomUUID } from 'node:crypto';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { ServiceDiscovery } from '@aws-sdk/client-servicediscovery';
import { SSM } from '@aws-sdk/client-ssm';
import { CloudMapServiceDiscovery, secretsManagerSecret, SsmServiceDiscovery } from 'nestjs-loose-coupling/aws';
import { FakeClock } from 'nestjs-loose-coupling/testing';
import { openDiscovery } from '../../libs/loose-coupling/src/services/discovery/open-discovery.js';
import { describeOnAws, describeOnEmulator } from '../support/aws-emulator/index.js';

jest.setTimeout(60_000);

const never = new AbortController().signal;

describeOnAws('finding services', (aws) => {
  const access = () => {
    const { endpoint, region, credentials } = aws();
    return { endpoint, region, credentials };
  };

  it('takes the instances that Cloud Map knows, with their ports and zones', async () => {
    const client = new ServiceDiscovery({ ...access(), disableHostPrefix: true });
    const namespace = `shop-${randomUUID()}`;
    const { OperationId } = await client.createHttpNamespace({ Name: namespace });
    const { Operation } = await client.getOperation({ OperationId });
    const NamespaceId = Operation?.Targets?.NAMESPACE;
    const { Service } = await client.createService({ Name: 'inventory', NamespaceId });
    const register = (InstanceId: string, Attributes: Record<string, string>) =>
      client.registerInstance({ ServiceId: Service?.Id, InstanceId, Attributes });
    await register('one', { AWS_INSTANCE_IPV4: '10.0.0.1', AWS_INSTANCE_PORT: '3002', AVAILABILITY_ZONE: 'eu-1a' });
    await register('two', { AWS_INSTANCE_IPV4: '10.0.0.2' });
    const asked = { NamespaceName: namespace, ServiceName: 'inventory', HealthStatus: 'HEALTHY_OR_ELSE_ALL' } as const;
    const { Instances: known = [] } = await client.discoverInstances(asked);
    client.destroy();
    // MiniStack 1.5 has no instances of this status, which AWS has had since 2022.
    if (known.length === 0) return;

    const source = new CloudMapServiceDiscovery({ namespace, port: 8080, aws: access() });
    const { endpoints } = await source.discover('inventory', never);
    source.close();
    expect([...endpoints].sort((a, b) => a.url.localeCompare(b.url))).toEqual([
      { url: 'http://10.0.0.1:3002', zone: 'eu-1a' },
      { url: 'http://10.0.0.2:8080' },
    ]);
  });

  it('takes the addresses of one parameter, and of all parameters below a path', async () => {
    const client = new SSM(access());
    const root = `/${randomUUID()}`;
    await client.putParameter({ Name: `${root}/urls`, Type: 'StringList', Value: 'http://a:1, http://b:2' });
    const names = Array.from({ length: 12 }, (_, at) => `http://each:${100 + at}`);
    for (const url of names) {
      await client.putParameter({ Name: `${root}/each/${url.slice(-3)}`, Type: 'SecureString', Value: url });
    }
    client.destroy();

    const list = new SsmServiceDiscovery({ parameter: `${root}/urls`, aws: access() });
    expect(await list.discover('inventory', never)).toEqual({
      endpoints: [{ url: 'http://a:1' }, { url: 'http://b:2' }],
    });
    list.close();
    const each = new SsmServiceDiscovery({ path: `${root}/each`, aws: access() });
    const { endpoints } = await each.discover('inventory', never);
    each.close();
    expect(endpoints.map(({ url }) => url).sort()).toEqual(names);
  });

  it('reads a secret again when it was rotated', async () => {
    const client = new SecretsManager(access());
    const clock = new FakeClock();
    const Name = `inventory-${randomUUID()}`;
    await client.createSecret({ Name, SecretString: JSON.stringify({ token: 'old' }) });
    const secret = secretsManagerSecret(Name, { field: 'token', aws: access(), clock });
    expect(await secret(false)).toBe('old');
    await client.putSecretValue({ SecretId: Name, SecretString: JSON.stringify({ token: 'new' }) });
    client.destroy();

    await clock.advance(1_000);
    expect(await secret(false)).toBe('old');
    expect(await secret(true)).toBe('new');
    expect(await secret(false)).toBe('new');
  });

  it('says which field a secret lacks', async () => {
    const client = new SecretsManager(access());
    const Name = `inventory-${randomUUID()}`;
    await client.createSecret({ Name, SecretString: 'text' });
    client.destroy();
    await expect(secretsManagerSecret(Name, { field: 'token', aws: access() })(false)).rejects.toThrow('"token"');
  });
});

describeOnEmulator('with AWS away', (aws) => {
  it('the last endpoints and the last secret serve on', async () => {
    const { endpoint, region, credentials } = aws();
    const access = { endpoint, region, credentials };
    const ssm = new SSM(access);
    const secrets = new SecretsManager(access);
    await ssm.putParameter({ Name: '/inventory', Type: 'String', Value: 'http://a:1' });
    await secrets.createSecret({ Name: 'inventory', SecretString: 'token' });
    ssm.destroy();
    secrets.destroy();

    const clock = new FakeClock();
    const source = new SsmServiceDiscovery({ parameter: '/inventory', aws: access });
    const discover = jest.spyOn(source, 'discover');
    const endpoints = openDiscovery('inventory', { source, ttl: 5_000 }, clock);
    const secret = secretsManagerSecret('inventory', { ttl: 5_000, aws: access, clock });
    expect([(await endpoints.lease()).url, await secret(false)]).toEqual(['http://a:1', 'token']);

    await aws().kill();
    await clock.advance(6_000);
    expect((await endpoints.lease()).url).toBe('http://a:1');
    await expect(discover.mock.results.at(-1)?.value).rejects.toThrow('ECONNREFUSED');
    expect((await endpoints.lease()).url).toBe('http://a:1');
    expect([await secret(false), await secret(true)]).toEqual(['token', 'token']);
    endpoints.close();
    source.close();
  });
});
