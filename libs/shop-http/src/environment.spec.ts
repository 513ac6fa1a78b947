import { listenAddress, serviceUrl } from './environment.js';

describe('listenAddress', () => {
  it('listens on this machine only, unless told otherwise', () => {
    expect(listenAddress('ORDER_PORT', 3001, {})).toEqual({ host: '127.0.0.1', port: 3001 });
    expect(listenAddress('ORDER_PORT', 3001, { HOST: '0.0.0.0', ORDER_PORT: '80' })).toEqual({
      host: '0.0.0.0',
      port: 80,
    });
  });

  it.each(['http', '70000', '-1', '1.5'])('refuses the port %s, naming the variable', (port) => {
    expect(() => listenAddress('ORDER_PORT', 3001, { ORDER_PORT: port })).toThrow(/ORDER_PORT .* got /);
  });
});

describe('serviceUrl', () => {
  const urlOf = (env: NodeJS.ProcessEnv) => serviceUrl('INVENTORY_URL', 'http://127.0.0.1:3002', env);

  it('is the default, or what the variable says, without a slash at the end', () => {
    expect(urlOf({})).toBe('http://127.0.0.1:3002');
    expect(urlOf({ INVENTORY_URL: 'https://inventory.internal/v1/' })).toBe('https://inventory.internal/v1');
  });

  it.each(['', 'inventory:3002', 'ftp://inventory', 'http://'])('refuses "%s", naming the variable', (url) => {
    expect(() => urlOf({ INVENTORY_URL: url })).toThrow(/INVENTORY_URL .* got /);
  });
});
